/** The activations of torch.nn by their names in lower case: asked of the library, not listed here. */
import { nn } from "xorch";
