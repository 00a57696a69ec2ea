import { describe, expect, it } from '@jest/globals';
import { generateGrantKey, parseGrantKeys } from '../../src/grants/grant-keys.js';
import { grantKeyLine } from '../support/grant-keys.js';

const PUBLIC = { isPublic: true };

async function faultOf(text: string): Promise<string> {
  const error = await parseGrantKeys(text, 'in a file').then(
    () => new Error('it was accepted'),
    (thrown: unknown) => thrown as Error,
  );
  expect(error).toMatchObject({ code: 'INVALID_GRANT_KEYS' });
  return error.message;
}

describe('A list of grant keys', () => {
  it('has one key a line, and the last one that signs is the one that does; all are published, without their private halves', async () => {
    const text = `# keys\r\n\n  ${grantKeyLine(1)}\r\n${grantKeyLine(2)}\n${grantKeyLine(3, PUBLIC)}\n`;
    const { signer, verifiers, published } = await parseGrantKeys(text, 'here');
    const kids = published.keys.map(({ kid }) => kid);
    expect([signer.kid, [...verifiers.keys()]]).toEqual([kids[1], kids]);
    expect(new Set(kids).size).toBe(3);
    const { x } = JSON.parse(grantKeyLine(1));
    expect(published.keys[0]).toStrictEqual({
      ...{ kty: 'OKP', crv: 'Ed25519', x, kid: kids[0], alg: 'EdDSA', use: 'sig' },
    });
  });

  it('names each key by its thumbprint, of whatever order its members are (RFC 8037, appendix A.3)', async () => {
    const key = {
      ...{ d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A', crv: 'Ed25519', kid: 'what somebody wrote' },
      ...{ kty: 'OKP', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
    };
    const { signer } = await parseGrantKeys(JSON.stringify(key), 'here');
    expect(signer.kid).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  it('has a key once, however often it stands there', async () => {
    const lines = [grantKeyLine(1, PUBLIC), grantKeyLine(1), grantKeyLine(1, PUBLIC)];
    expect((await parseGrantKeys(lines.join('\n'), 'here')).published.keys).toHaveLength(1);
  });

  it('is refused where none of them signs', async () => {
    for (const text of ['', '# nothing', grantKeyLine(1, PUBLIC)])
      expect(await faultOf(text)).toMatch(
        /^the grant keys in a file cannot be used, none of them signs: write one key/,
      );
  });

  it('says in which line a key is wrong, and never what stands there', async () => {
    const { x } = JSON.parse(grantKeyLine(2));
    const good = JSON.parse(grantKeyLine(1));
    const wrong = [
      'nonsense',
      `PRIVATE ${grantKeyLine(1)}`,
      JSON.stringify({ ...good, d: good.d.slice(1) }),
      JSON.stringify({ ...good, d: `${good.d.slice(1)}=` }),
      JSON.stringify({ ...good, crv: 'X25519' }),
      JSON.stringify({ ...good, kty: 'oct' }),
      JSON.stringify({ ...good, x: undefined }),
      // The halves of two keys.
      JSON.stringify({ ...good, x }),
      '[]',
      'null',
    ];
    for (const line of wrong) {
      const fault = await faultOf(`${grantKeyLine(3)}\n${line}\n`);
      expect(fault).toMatch(/^the grant keys in a file cannot be used, line 2 is no Ed25519 key/);
      for (const secret of [good.d, good.d.slice(1), x]) expect(fault).not.toContain(secret);
    }
  });

  it('is made with the public half as a comment, different each time', async () => {
    const [one, other] = [await generateGrantKey(), await generateGrantKey()];
    const [comment = '', line = ''] = one.split('\n');
    const { d, ...half } = JSON.parse(line);
    expect([JSON.parse(comment.slice(1)), d.length]).toEqual([half, 43]);
    expect((await parseGrantKeys(one + other, 'here')).published.keys).toHaveLength(2);
    expect(await parseGrantKeys(`${comment.slice(1)}\n${other}`, 'here')).toMatchObject({
      published: { keys: [{ x: half.x }, {}] },
    });
  });
});
