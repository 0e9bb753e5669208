/**
 * The large matrix product on several threads: one module for all sizes, which reads them from memory. The threads pack
 * the right operand together; then each packs rows of the left one and computes their tiles. Sums are cut as on one
 * thread, so that the digits do not depend on how many there are.
 */
import { FunctionBuilder, ModuleBuilder } from "./assembler.ts";
import { barrierFunction, emitBarrier } from "./barrier.ts";
import { advanceBy, begin, declare, type Lanes, setProduct, type Variant } from "./matmul-lanes.ts";
import { packRows, packTransposed } from "./matmul-pack.ts";
import { TILE_ROWS, tileColumns, tiledKernel, tileKernel } from "./matmul-tiled.ts";

/** What `run` reads, as 32-bit words. Addresses and strides are in bytes. */
export const teamWords = [
  /** The left operand: as [k][row] if `leftAcross` is not 0, else as [row][k], with `leftStride` between rows of that. */
  "left",
  "leftAcross",
  "leftStride",
  /** In tiles; a thread takes up to `leftBlock` at a time. */
  "leftPanels",
  "leftBlock",
  "right",
  "rightAcross",
  "rightStride",
  "rightPanels",
  "K",
  /** How many k are summed before the sums are added to the result. */
  "kBlock",
  /** Where panels go: the right operand's, and the left one's, which each thread has for itself. */
  "rightPacked",
  "leftPacked",
  "leftPackedBytes",
  /** The result, of whole tiles, and the distance between its rows. */
  "result",
  "resultRow",
  /** Not 0 if the product is added to what the result holds. */
  "accumulate",
] as const;

/**
 * `(source, across, stride, skip, panels, allPanels, K, kBlock, target)`: packs `panels` panels of an operand, after the
 * first `skip`, into [stretch of kBlock][panel][k][width]; there are `allPanels`. See matmul-pack.ts.
 */
function packOperand(lanes: Lanes, width: number, rows: number, transposed: number): FunctionBuilder {
  const { f, params } = begin(9);
  const [source, across, stride, skip, panels, allPanels, K, kBlock, target] = params;
  const [k, length, from, to, panelBytes] = declare(f, "i32", 5);
  const vectorBytes = width * lanes.bytes;
  f.get(panels).op("i32.eqz").open("if").op("return").end();
  f.whileLess(k, K, () => {
    minimum(f, kBlock, () => f.get(K).get(k).op("i32.sub"), length);
    setProduct(f, panelBytes, length, vectorBytes);
    // Before this stretch there are k allPanels rows of panels, and in it those that are skipped.
    f.get(k).get(allPanels).op("i32.mul").get(skip).get(length).op("i32.mul").op("i32.add");
    f.i32(vectorBytes).op("i32.mul").get(target).op("i32.add").set(to);
    f.get(across).open("if");
    f.get(k).get(stride).op("i32.mul").get(skip).i32(vectorBytes).op("i32.mul").op("i32.add");
    f.get(source).op("i32.add").get(to).get(panels).get(length).get(stride).get(panelBytes).op("call", rows);
    f.op("else");
    f.get(skip).i32(width).op("i32.mul").get(stride).op("i32.mul").get(k).i32(lanes.bytes).op("i32.mul");
    f.op("i32.add").get(source).op("i32.add").set(from);
    f.get(from).get(to).get(panels).get(length).get(stride).get(panelBytes).op("call", transposed);
    f.end();
    advanceBy(f, k, kBlock);
  });
  return f;
}

/** Sets a local to the lesser of a local and what `push` pushes, unsigned. */
function minimum(f: FunctionBuilder, a: number, push: () => void, target: number): void {
  push();
  f.set(target);
  f.get(a).get(target).get(a).get(target).op("i32.lt_u").op("select").set(target);
}

/** The bytes of the module, for a shared memory; it exports `run(thread, threads)`. `words` is where `teamWords` lie. */
export function teamProductModule(variant: Variant, words: number): Uint8Array<ArrayBuffer> {
  const { lanes } = variant;
  const builder = new ModuleBuilder(true);
  const packing = (width: number, name: string): number => {
    const rows = builder.add(`${name} rows`, packRows(lanes, width));
    const transposed = builder.add(`${name} transposed`, packTransposed(lanes, width));
    return builder.add(name, packOperand(lanes, width, rows, transposed));
  };
  const packLeft = packing(TILE_ROWS, "left");
  const packRight = packing(tileColumns(lanes), "right");
  const tile = builder.add("tile", tileKernel(variant));
  const tiled = builder.add("tiled", tiledKernel(variant, tile));
  const barrier = builder.add("barrier", barrierFunction());

  const f = new FunctionBuilder(["i32", "i32"], ["i32"]);
  const [thread, threads] = [0, 1];
  const word = Object.fromEntries(teamWords.map((name) => [name, f.local("i32")])) as Record<
    (typeof teamWords)[number],
    number
  >;
  for (const [i, name] of teamWords.entries()) {
    f.i32(0)
      .memory("i32.load", words + 4 * i)
      .set(word[name]);
  }
  const [first, end, count, source, k, length] = declare(f, "i32", 6);
  /** first and end = this thread's share of `panels`. */
  const share = (panels: number): void => {
    f.get(thread).get(panels).op("i32.mul").get(threads).op("i32.div_u").set(first);
    f.get(thread).i32(1).op("i32.add").get(panels).op("i32.mul").get(threads).op("i32.div_u").set(end);
  };

  share(word.rightPanels);
  // Where k does not fill vectors, packing along k writes beyond a panel, where the next thread's begin: one does it all.
  f.get(word.rightAcross).op("i32.eqz").get(word.K).i32(lanes.count).op("i32.rem_u").i32(0).op("i32.ne");
  f.op("i32.and").open("if");
  f.i32(0).set(first).i32(0).get(word.rightPanels).get(thread).op("select").set(end).end();
  f.get(word.right).get(word.rightAcross).get(word.rightStride).get(first).get(end).get(first).op("i32.sub");
  f.get(word.rightPanels).get(word.K).get(word.kBlock).get(word.rightPacked).op("call", packRight);
  emitBarrier(f, barrier, thread, threads);

  share(word.leftPanels);
  f.get(word.leftPacked)
    .get(thread)
    .get(word.leftPackedBytes)
    .op("i32.mul")
    .op("i32.add")
    .set(word.leftPacked);
  f.whileLess(first, end, () => {
    minimum(f, word.leftBlock, () => f.get(end).get(first).op("i32.sub"), count);
    f.get(first).i32(TILE_ROWS).op("i32.mul");
    f.i32(lanes.bytes).get(word.leftStride).get(word.leftAcross).op("select").op("i32.mul");
    f.get(word.left).op("i32.add").set(source);
    f.get(source).get(word.leftAcross).get(word.leftStride).i32(0).get(count).get(count);
    f.get(word.K).get(word.kBlock).get(word.leftPacked).op("call", packLeft);
    f.i32(0).set(k);
    f.whileLess(k, word.K, () => {
      minimum(f, word.kBlock, () => f.get(word.K).get(k).op("i32.sub"), length);
      f.get(k)
        .get(count)
        .op("i32.mul")
        .i32(TILE_ROWS * lanes.bytes)
        .op("i32.mul");
      f.get(word.leftPacked).op("i32.add");
      f.get(k)
        .get(word.rightPanels)
        .op("i32.mul")
        .i32(tileColumns(lanes) * lanes.bytes)
        .op("i32.mul");
      f.get(word.rightPacked).op("i32.add");
      f.get(first)
        .i32(TILE_ROWS)
        .op("i32.mul")
        .get(word.resultRow)
        .op("i32.mul")
        .get(word.result)
        .op("i32.add");
      f.get(count).get(word.rightPanels).get(length).get(word.resultRow);
      f.get(word.accumulate).get(k).op("i32.or").op("call", tiled);
      advanceBy(f, k, word.kBlock);
    });
    advanceBy(f, first, count);
  });
  builder.add("run", f.i32(0));
  return builder.encode();
}
