/** The lessons, in the order of the course. */
import { gatesLesson } from "./gates.ts";
import { type PreparedLesson, prepareLesson } from "./lesson.ts";
import { perceptronLesson } from "./perceptron.ts";
import { xorLesson } from "./xor.ts";
import { xorByHandLesson } from "./xor-by-hand.ts";
import { xorLineLesson } from "./xor-line.ts";

export const lessons: readonly PreparedLesson[] = [
  prepareLesson(gatesLesson),
  prepareLesson(perceptronLesson),
  prepareLesson(xorLineLesson),
  prepareLesson(xorByHandLesson),
  prepareLesson(xorLesson),
];
