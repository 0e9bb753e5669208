/** The line of a stack trace, or of Python's traceback, that says what went wrong. */
export function lastError(complaints: string): string {
  const lines = complaints.split("\n").filter((line) => /^\w*(Error|Exception)\b|Error:/.test(line));
  return lines.at(-1)?.trim() ?? (complaints.trim() || "its process ended without a word");
}
