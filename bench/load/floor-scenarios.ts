import { dataOf, post } from './messages.js';
import { over, type Prepare } from './scenario.js';

/** The least that can be asked of a GraphQL server. */
export const typename: Prepare = async ({ url }) => {
  const sent = post(new URL(url), { query: '{ __typename }' });
  return over([
    async (connection) => {
      if (dataOf(await connection.send(sent)).__typename !== 'Query') throw new Error('that is no GraphQL server');
    },
  ]);
};
