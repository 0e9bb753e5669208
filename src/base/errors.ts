/**
 * The errors that Xorch throws. Each names the op, what was wrong and what to do, and is thrown before anything
 * is changed. All extend `XorchError`, so that one `catch` can tell them from faults in user code.
 */
export class XorchError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Shapes that do not fit together, a dimension out of range, a size that is impossible. */
export class ShapeError extends XorchError {}

/** An op asked of a dtype that it does not take, or a conversion that would lose meaning. */
export class DTypeError extends XorchError {}

/** An argument of the right type with a value that makes no sense (a probability of 2). */
export class ValueError extends XorchError {}

/** An argument that is missing, surplus, of another kind than the function takes, or an option that it does not have. */
export class ArgumentError extends ValueError {}

/** An index outside the tensor. */
export class IndexError extends XorchError {}

/** Misuse of autograd: backward twice, an in-place change of a saved value, a leaf changed in place. */
export class AutogradError extends XorchError {}

/** A tensor on the wrong device, or a device that is not there. */
export class DeviceError extends XorchError {}

/** A state dict that does not fit its module or optimizer. */
export class StateDictError extends XorchError {}

/** A function that cannot be compiled: it reads a value while it is traced, or hands out what has none. */
export class CompileError extends XorchError {}
