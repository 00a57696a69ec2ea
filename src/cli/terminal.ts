/** Where a command writes: a terminal, a pipe, or anything that takes text. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** What a command reads and writes. */
export interface Terminal {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: Output;
  readonly stderr: Output;
}
