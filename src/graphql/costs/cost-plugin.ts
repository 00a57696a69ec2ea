import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphqlContext } from '../context.js';
import { admitOperation } from './admit-operation.js';

/** Has Apollo Server execute only what may cost as much as it does. */
export const costPlugin: ApolloServerPlugin<GraphqlContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ schema, document, request, contextValue }) {
        const { variables, operationName } = request;
        await admitOperation({ schema, document, operationName, variableValues: variables }, contextValue);
      },
    };
  },
};
