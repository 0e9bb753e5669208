/** Runs in the page: what it found goes into the page's output element, as JSON. */
import * as torch from "/dist/index.js";
import { costs } from "/page/costs.js";

const asks = new URLSearchParams(location.search);
const found = asks.has("eval")
  ? // Must be refused, or the page's policy is not the one that the test means to hold.
    { evaluated: new Function("return 1")() }
  : { costs: costs(torch, Number(asks.get("steps"))) };
document.querySelector("output").textContent = JSON.stringify(found);
