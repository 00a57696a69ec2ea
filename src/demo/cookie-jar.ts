/** The cookies of one browser for one site, as far as a session needs them. */
export interface CookieJar {
  /** What goes into the `Cookie` header; empty where there is nothing to send. */
  header(): string;
  /** Takes in the `Set-Cookie` headers of an answer; one without a value takes its cookie away. */
  keep(setCookies: readonly string[]): void;
}

/** A browser that has not been anywhere yet. */
export function createCookieJar(): CookieJar {
  const cookies = new Map<string, string>();
  return {
    header: () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    keep(setCookies) {
      for (const setCookie of setCookies) {
        const [, name, value] = /^([^=;]+)=([^;]*)/.exec(setCookie) ?? [];
        if (name === undefined) continue;
        if (value === undefined || value === '') cookies.delete(name);
        else cookies.set(name, value);
      }
    },
  };
}
