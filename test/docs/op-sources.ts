/** What the source of an op says about it: the doc comment, and the options that its function takes. */
import { type ESTree, parseSync } from "vite";
import { commentLines, readSource } from "./doc-comments.ts";
