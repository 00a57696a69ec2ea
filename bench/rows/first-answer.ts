/** Anything that was started. */
export interface Started {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

export interface FirstAnswer<S> {
  /** Still running. */
  readonly started: S;
  readonly milliseconds: number;
}

/** From the start of a process to its first answer. @throws where that is none */
export async function firstAnswer<S extends Started>(
  start: () => Promise<S>,
  ask: (url: string) => Promise<Response>,
): Promise<FirstAnswer<S>> {
  const begun = performance.now();
  const started = await start();
  const answer = await ask(started.url);
  await answer.text();
  const milliseconds = performance.now() - begun;
  if (!answer.ok) {
    await started.stop();
    throw new Error(`the first answer was ${answer.status}`);
  }
  return { started, milliseconds };
}

/** Asks a query over HTTP. */
export function asking(query: string): (url: string) => Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return (url) => fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
}

/** What a service is asked first: who nobody is. */
export const FIRST_QUERY = '{ viewer { stage } }';
