/** What a page with the XOR example holds: bundled and weighed, not part of this repository's own program. */
import { xor } from "../../../examples/xor.ts";

xor({ steps: 101 });
