import { REJECTION_CODES, type RejectionCode } from '../../src/domain/rejection.js';
import { isTopLevel, TOP_LEVEL } from '../../src/graphql/error-table.js';
import { generatedFrom, table } from './markdown.js';

const INTRODUCTION = `# Errors

A mutation that is refused does not do what it was asked for, and says why. **What a user can mend** is an entry of \`userErrors\` in
the mutation's payload; **what only a programmer can mend** is a top-level error of GraphQL, its code in \`extensions.code\`. Codes stay the
same; messages may be improved at any time.

\`\`\`json
{ "code": "WRONG_CODE", "field": ["input", "code"], "message": "…", "attemptsLeft": 4, "clockOffsetSeconds": null }
\`\`\`

- \`code\`: one of the table below. A client that meets one it does not know shows the message.
- \`field\`: the path of the input field that it is about, or null.
- \`attemptsLeft\` (\`MfaError\`): how many more codes may be tried before one has to begin again.
- \`clockOffsetSeconds\` (\`MfaError\`): how far the clock of the authenticator is ahead, behind if negative; null where the code does not tell.
- \`retryAt\` (\`ThrottledError\`): when to try again; null where only an administrator can help, by unlocking.
- \`challenge\` (\`VerificationRequiredError\`): what to answer with \`verifyOperation\` before sending the same mutation again.

A failed sign-in never tells whether account, user or password was wrong, nor that passwords are backing off: all of it is
\`SIGN_IN_FAILED\`. Only somebody who has given the right password is told what is left and when to retry.`;

/** What stands in `extensions.code` beside what commands refuse. */
const TOP_LEVEL_CODES: readonly (readonly [string, string])[] = [
  ['UNAUTHENTICATED', 'Nobody is signed in, or the session or token is over. Sign in.'],
  ['MFA_CHALLENGE_REQUIRED', 'The session owes a code: `answerMfaChallenge`.'],
  ['PASSWORD_CHANGE_REQUIRED', 'The session owes a password of its own: `changePassword`.'],
  ['MFA_ENROLLMENT_REQUIRED', 'The session owes a device: `startMfaEnrollment`, `enableMfa`.'],
  ['FORBIDDEN', 'The caller may not do this. Somebody who is signed in signs out before signing in.'],
  ['NOT_FOUND', 'There is nothing with this id, or it is of another account.'],
  ['BAD_USER_INPUT', 'An argument makes no sense; the message says which, and what does.'],
  ['GRAPHQL_PARSE_FAILED', 'The operation is not GraphQL.'],
  ['GRAPHQL_VALIDATION_FAILED', 'The operation asks for what the schema does not have, or for too much.'],
  [
    'OPERATION_TOO_EXPENSIVE',
    'The operation costs more than one may: `extensions.cost` and `extensions.maximumCost` say how much. Ask for a smaller `first` or `last`, for fewer fields, or in several requests ([limits](limits.md#the-cost-of-reading)).',
  ],
  ['BAD_REQUEST', 'The request is not GraphQL over HTTP.'],
  [
    'RATE_LIMITED',
    'Too many attempts, or too much is open at the same time; `extensions.retryAfterSeconds` and the header `retry-after` say for how long.',
  ],
  ['UNAVAILABLE', 'The service cannot do this now. The message says whether it may have been done.'],
  ['INTERNAL_SERVER_ERROR', 'A fault of the service. Tell its operator the request id.'],
];

function placeOf(code: RejectionCode): string {
  return isTopLevel(code) ? `top level, \`${TOP_LEVEL[code]}\`` : '`userErrors`';
}

/** The page on refusals: every code, where it stands in an answer, and what it means. */
export function errorsMarkdown(): string {
  const rows = Object.entries(REJECTION_CODES).map(([code, meaning]) => [
    `\`${code}\``,
    placeOf(code as RejectionCode),
    meaning,
  ]);
  return [
    generatedFrom('src/domain/rejection.ts'),
    INTRODUCTION,
    '## Codes',
    table(['Code', 'Where', 'Meaning'], rows),
    '## Codes at the top level',
    table(
      ['`extensions.code`', 'Meaning'],
      TOP_LEVEL_CODES.map(([code, meaning]) => [`\`${code}\``, meaning]),
    ),
  ].join('\n\n');
}
