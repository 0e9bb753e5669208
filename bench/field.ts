/** The contestants' processes: started once, replaced when one has died. */
import type { Contestant } from "./contestants.ts";
import { PeerProcess } from "./peer-process.ts";
import type { Group } from "./workloads.ts";

/** A contestant, as the report names it. */
export interface Entry {
  name: string;
  label: string;
  /** Name and version of the library; null where it is absent. */
  title: string | null;
  /** Why it could not be measured. */
  absent: string | null;
}

export class Field {
  readonly entries: Entry[] = [];
  private readonly running = new Map<string, PeerProcess>();

  private constructor(private readonly contestants: readonly Contestant[]) {}

  /** Starts all, one after the other; who cannot be started is absent from then on. */
  static async start(contestants: readonly Contestant[], progress: (text: string) => void): Promise<Field> {
    const field = new Field(contestants);
    for (const contestant of contestants) {
      const { name, label } = contestant;
      progress(`${name} starts`);
      try {
        const { title } = await field.process(contestant);
        field.entries.push({ name, label, title, absent: null });
      } catch (error) {
        field.entries.push({ name, label, title: null, absent: (error as Error).message });
      }
    }
    return field;
  }

  /** Those that are there and take part in a group. */
  of(group: Group): readonly Contestant[] {
    const present = new Set(this.entries.filter(({ absent }) => absent === null).map(({ name }) => name));
    return this.contestants.filter(({ name, groups }) => present.has(name) && groups.includes(group));
  }

  async process(contestant: Contestant): Promise<PeerProcess> {
    const known = this.running.get(contestant.name);
    if (known?.alive) return known;
    const started = await PeerProcess.start(contestant);
    this.running.set(contestant.name, started);
    return started;
  }

  stop(): void {
    for (const peer of this.running.values()) peer.stop();
  }
}
