/** Runs in the page: a compiled product on two threads, and the same on one. */
import * as torch from "/dist/index.js";

const side = 256;
torch.manualSeed(1);
const a = torch.rand([side, side]);
const b = torch.rand([side, side]);
const multiply = torch.compile((x, y) => x.matmul(y).relu());

torch.setNumThreads(1);
const expected = multiply(a, b);
torch.setNumThreads(2);
let isEqual = true;
// Workers come in between two turns of the page.
for (let i = 0; i < 50; i++) {
  await new Promise((resolve) => setTimeout(resolve, 10));
  isEqual &&= multiply(a, b).eq(expected).all().item() === 1;
}
document.querySelector("output").textContent = JSON.stringify({ isEqual });
