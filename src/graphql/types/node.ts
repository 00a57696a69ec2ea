import { Field, ID, InterfaceType } from 'type-graphql';

@InterfaceType('Node', {
  description:
    'Something with an id, which `node` finds again. Ids are the same strings here, in the log and in exports.',
  autoRegisterImplementations: false,
  resolveType: (node: object) => node.constructor.name,
})
export abstract class Node {
  @Field(() => ID, { description: 'The id; opaque.' })
  id!: string;
}
