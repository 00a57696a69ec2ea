import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphqlContext } from './context.js';

/** Has every answer say how far the log is that it follows from, and whether it may be out of date. */
export const extensionsPlugin: ApolloServerPlugin<GraphqlContext> = {
  async requestDidStart() {
    return {
      async willSendResponse({ response: { body }, contextValue }) {
        if (body.kind !== 'single') return;
        body.singleResult.extensions = { ...body.singleResult.extensions, ...contextValue.extensions() };
      },
    };
  },
};
