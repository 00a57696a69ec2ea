import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphqlContext } from './context.js';
import type { ReportError } from './masking.js';

/** The id of no request: of errors that come before it is known whose they are. */
export const NO_REQUEST = '';

/** Which request each error ended, for as long as there is that error. */
export interface RequestIds {
  /** The id of the request that an error ended; `NO_REQUEST` for what was refused before anything was made of the request. */
  readonly of: (thrown: unknown) => string;
  /** Takes note of the errors of each request, before they are put into the form in which they leave. */
  readonly plugin: ApolloServerPlugin<GraphqlContext>;
}

/** Tells requests by their errors: Apollo Server formats an error without saying whose it is. */
export function createRequestIds(report: ReportError): RequestIds {
  const ids = new WeakMap<object, string>();
  const note = (errors: readonly object[], { request }: GraphqlContext): void => {
    for (const error of errors) ids.set(error, request.requestId);
  };
  return {
    of: (thrown) => (typeof thrown === 'object' && thrown !== null ? ids.get(thrown) : undefined) ?? NO_REQUEST,
    plugin: {
      async requestDidStart() {
        return {
          async didEncounterErrors({ errors, contextValue }) {
            note(errors, contextValue);
          },
        };
      },
      async unexpectedErrorProcessingRequest({ error, requestContext }) {
        // What is answered is another error, which says nothing.
        report(error, requestContext.contextValue.request.requestId);
      },
    },
  };
}
