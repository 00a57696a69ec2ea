const MOST_FRAMES = 20;

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(value) ? value : undefined;

/** Where an error was thrown. The message is left out, since it may quote what a client sent. */
function framesOf({ stack = '', message }: Error): readonly string[] {
  const start = message === '' ? 0 : stack.indexOf(message) + message.length;
  const lines = stack.slice(start).split('\n');
  return lines.filter((line) => /^\s+at /.test(line)).map((line) => line.trim());
}

/** What is logged about an unhandled error. */
export function describeUnhandled(error: unknown, origin: string): object {
  if (!(error instanceof Error)) return { origin, error: typeof error };
  const { code, syscall } = error as { readonly code?: unknown; readonly syscall?: unknown };
  return {
    origin,
    error: textOf(error.name),
    code: textOf(code),
    syscall: textOf(syscall),
    frames: framesOf(error).slice(0, MOST_FRAMES),
  };
}
