import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { get, post } from '../load/messages.js';
import type { Aim, Attack } from './attack.js';
import { heard } from './sockets.js';
import { completing, openGraphql, openWebSocket, subscribing, upgradeRequest } from './websocket.js';

/** The attacker whose turn it is. */
function attackerAt({ attacked: { attackers } }: Aim, index: number) {
  const attacker = attackers[index % attackers.length];
  if (attacker === undefined) throw new Error('there is no attacker');
  return { ...attacker, headers: { authorization: `Bearer ${attacker.token}` } };
}

/** Asks the same over and over over one connection. */
function asking({ open }: Aim, requestOf: (turn: number) => Buffer) {
  const connection = open.http();
  let turn = 0;
  return async () => {
    await connection.ask(requestOf(turn++));
  };
}

/** Upgrades that are refused, and reset while the refusal is written. */
const refusedUpgrades: Attack = {
  atOnce: 16,
  perSecond: 500,
  begin: ({ url, open }) => {
    let turn = 0;
    return async () => {
      const socket = await open.socket();
      if (socket === null) return;
      const foreign = turn++ % 2 === 0;
      socket.write(
        foreign
          ? upgradeRequest(url, url.pathname, '\r\norigin: https://elsewhere.example')
          : upgradeRequest(url, '/nothing'),
      );
      await sleep(turn % 4);
      socket.resetAndDestroy();
    };
  },
};

const SUBSCRIPTIONS_BEFORE_CLOSE = 50;

/** Subscriptions that are begun and closed again, one half by `complete`, the other with their socket. */
const closedSubscriptions: Attack = {
  atOnce: 4,
  perSecond: 40,
  begin: (aim, index) => {
    let turn = 0;
    return async () => {
      const socket = await openGraphql(aim, attackerAt(aim, index).token);
      if (socket === null) return;
      socket.write(subscribing(SUBSCRIPTIONS_BEFORE_CLOSE));
      await sleep(20);
      if (turn++ % 2 === 0) socket.write(completing(SUBSCRIPTIONS_BEFORE_CLOSE));
      socket.end();
      await heard(socket, 'close', 100);
      socket.destroy();
    };
  },
};

/** Requests with the id of a session that has ended, after thousands of challenges were opened in it, and a wrong secret. */
const endedSessions: Attack = {
  atOnce: 4,
  perSecond: 200,
  begin: (aim, index) => {
    const { endedSessions: ended } = aim.attacked;
    const wrong = 'A'.repeat(43);
    return asking(aim, (turn) =>
      post(
        aim.url,
        { query: '{ viewer { stage } }' },
        { authorization: `Bearer ${ended[(index + turn) % ended.length] ?? ''}.${wrong}` },
      ),
    );
  },
};

function policyChange(aim: Aim, index: number): (turn: number) => Buffer {
  const query = 'mutation ($input: SetAccountPolicyInput!) { setAccountPolicy(input: $input) { userErrors { code } } }';
  const { headers } = attackerAt(aim, index);
  return (turn) =>
    post(aim.url, { query, variables: { input: { sessionIdleMinutes: 15 + ((index + turn) % 60) } } }, headers);
}

/** One session changes its account as fast as it can. */
const signedInWrites: Attack = {
  atOnce: 8,
  perSecond: 1_000,
  begin: (aim, index) => asking(aim, policyChange(aim, index)),
};

const SUBSCRIPTIONS_ON_ONE_SOCKET = 1_500;

/** Thousands of subscriptions on one socket, and a user who makes events for them. */
const manySubscriptions: Attack = {
  atOnce: 2,
  perSecond: 20,
  begin: (aim, index) => {
    if (index > 0) return asking(aim, policyChange(aim, 0));
    let socket: Socket | null = null;
    return async () => {
      if (socket !== null && !socket.destroyed) return;
      socket = await openGraphql(aim, attackerAt(aim, 0).token);
      socket?.write(subscribing(SUBSCRIPTIONS_ON_ONE_SOCKET));
    };
  },
};

const ALIASES = 15;
const DAY = 86_400_000;

/** Reads that are as expensive as one request can ask for. */
const expensiveReads: Attack = {
  atOnce: 4,
  perSecond: 100,
  begin: (aim) => {
    const { attacked, url } = aim;
    const { headers } = attackerAt(aim, 0);
    const at = (days: number) => new Date(attacked.seededAt - days * DAY).toISOString();
    const moments = Array.from({ length: ALIASES }, (_, alias) => {
      return `a${alias}: mfaStateAt(userId: "${attacked.oldUserId}", at: "${at(alias)}") { enabled }`;
    });
    const bodies = [
      { query: `{ ${moments.join(' ')} }` },
      { query: '{ users(first: 100) { nodes { id sessions(first: 100) { nodes { id ip userAgent } } } } }' },
    ];
    const requests = bodies.map((body) => post(url, body, headers));
    return asking(aim, (turn) => requests[turn % requests.length] ?? Buffer.alloc(0));
  },
};

const CHUNK = 1_024;
const BETWEEN_CHUNKS = 50;
const CHUNKS = 100;

/** Exports of four accounts, read as slowly as can be. */
const slowExports: Attack = {
  atOnce: 16,
  perSecond: 16,
  begin: (aim, index) => async () => {
    const socket = await aim.open.socket();
    if (socket === null) return;
    socket.pause();
    socket.write(get(new URL('/audit/export', aim.url), attackerAt(aim, index).headers));
    for (let chunk = 0; chunk < CHUNKS && !socket.destroyed; chunk += 1) {
      await sleep(BETWEEN_CHUNKS);
      socket.read(CHUNK);
    }
    socket.destroy();
  },
};

/** RFC 6455 section 5.2: bits that are reserved, and an operation that does not exist. */
const BROKEN = Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);

/** WebSocket frames that no client may send. */
const brokenFrames: Attack = {
  atOnce: 8,
  perSecond: 300,
  begin: (aim) => async () => {
    const socket = await openWebSocket(aim);
    if (socket === null) return;
    socket.write(BROKEN);
    await heard(socket, 'close', 100);
    socket.destroy();
  },
};

/** Every attack, by name. */
export const attacks = {
  'refused upgrades': refusedUpgrades,
  'closed subscriptions': closedSubscriptions,
  'ended sessions': endedSessions,
  'many subscriptions': manySubscriptions,
  'signed-in writes': signedInWrites,
  'expensive reads': expensiveReads,
  'slow exports': slowExports,
  'broken frames': brokenFrames,
} as const satisfies Readonly<Record<string, Attack>>;

export type AttackName = keyof typeof attacks;
