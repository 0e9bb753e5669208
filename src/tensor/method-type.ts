/** The types of functions as methods. */
import type { Tensor } from "./tensor.ts";

type Overloads3<A, R, B, S, C, T> = A extends readonly unknown[]
  ? B extends readonly unknown[]
    ? C extends readonly unknown[]
      ? { (...args: A): R; (...args: B): S; (...args: C): T }
      : never
    : never
  : never;

type Overloads2<A, R, B, S> = A extends readonly unknown[]
  ? B extends readonly unknown[]
    ? { (...args: A): R; (...args: B): S }
    : never
  : never;

/** A function whose first argument is a tensor, as a method: without it. Of more than three signatures the last three. */
export type AsMethod<F> = F extends {
  (x: Tensor, ...args: infer A): infer R;
  (x: Tensor, ...args: infer B): infer S;
  (x: Tensor, ...args: infer C): infer T;
}
  ? Overloads3<A, R, B, S, C, T>
  : F extends { (x: Tensor, ...args: infer A): infer R; (x: Tensor, ...args: infer B): infer S }
    ? Overloads2<A, R, B, S>
    : F extends (x: Tensor, ...args: infer A) => infer R
      ? (...args: A) => R
      : never;
