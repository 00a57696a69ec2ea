import { Field, ObjectType } from 'type-graphql';
import { AuditEvent } from './audit-event.js';
import { Exposure } from './exposure.js';
import { Session } from './session.js';
import { User } from './user.js';

@ObjectType('PageInfo', { description: 'What lies either side of a page (Relay).' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether there is more after this page.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether there is more before this page.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'The cursor of the first edge, to go on before it.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'The cursor of the last edge, to go on after it.' })
  endCursor!: string | null;
}

@ObjectType('UserEdge', { description: 'A user in a list.' })
export class UserEdge {
  @Field(() => String, { description: 'Its place in the list; opaque.' })
  cursor!: string;

  @Field(() => User, { description: 'The user.' })
  node!: User;
}

@ObjectType('UserConnection', { description: 'A page of users.' })
export class UserConnection {
  @Field(() => [UserEdge], { description: 'The users with their cursors.' })
  edges!: UserEdge[];

  @Field(() => [User], { description: 'The users.' })
  nodes!: User[];

  @Field(() => PageInfo, { description: 'What lies either side of this page.' })
  pageInfo!: PageInfo;
}

@ObjectType('SessionEdge', { description: 'A session in a list.' })
export class SessionEdge {
  @Field(() => String, { description: 'Its place in the list; opaque.' })
  cursor!: string;

  @Field(() => Session, { description: 'The session.' })
  node!: Session;
}

@ObjectType('SessionConnection', { description: 'A page of sessions, newest first.' })
export class SessionConnection {
  @Field(() => [SessionEdge], { description: 'The sessions with their cursors.' })
  edges!: SessionEdge[];

  @Field(() => [Session], { description: 'The sessions.' })
  nodes!: Session[];

  @Field(() => PageInfo, { description: 'What lies either side of this page.' })
  pageInfo!: PageInfo;
}

@ObjectType('AuditEventEdge', { description: 'An audit event in a list.' })
export class AuditEventEdge {
  @Field(() => String, { description: 'Its place in the list; opaque.' })
  cursor!: string;

  @Field(() => AuditEvent, { description: 'The event.' })
  node!: AuditEvent;
}

@ObjectType('AuditEventConnection', { description: 'A page of the audit trail, newest first.' })
export class AuditEventConnection {
  @Field(() => [AuditEventEdge], { description: 'The events with their cursors.' })
  edges!: AuditEventEdge[];

  @Field(() => [AuditEvent], { description: 'The events.' })
  nodes!: AuditEvent[];

  @Field(() => PageInfo, { description: 'What lies either side of this page.' })
  pageInfo!: PageInfo;
}

@ObjectType('ExposureEdge', { description: 'An exposure in a list.' })
export class ExposureEdge {
  @Field(() => String, { description: 'Its place in the list; opaque.' })
  cursor!: string;

  @Field(() => Exposure, { description: 'The exposure.' })
  node!: Exposure;
}

@ObjectType('ExposureConnection', { description: 'A page of exposures, newest first.' })
export class ExposureConnection {
  @Field(() => [ExposureEdge], { description: 'The exposures with their cursors.' })
  edges!: ExposureEdge[];

  @Field(() => [Exposure], { description: 'The exposures.' })
  nodes!: Exposure[];

  @Field(() => PageInfo, { description: 'What lies either side of this page.' })
  pageInfo!: PageInfo;
}
