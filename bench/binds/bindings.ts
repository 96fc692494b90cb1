import { signText } from "@syngraph/sdk/protocol";
import { Wallet } from "ethers";
import { Pool } from "undici";

import { type PayloadAnswer, type Person, newPerson, proofBody } from "../../test/helpers/api.ts";

/** A wallet to be bound, with both signatures. */
export interface Binding {
  person: Person;
  body: object;
}

/** How many payloads are asked for at once. */
const ASKING = 20;

/** Asks the API for the payloads of so many binds, each of a new avatar and wallet, and signs them. */
export async function prepare(apiUrl: string, count: number): Promise<Binding[]> {
  const pool = new Pool(apiUrl, { connections: ASKING });
  const bindings: Binding[] = [];
  let left = count;
  try {
    await Promise.all(
      Array.from({ length: ASKING }, async () => {
        while (left-- > 0) bindings.push(await prepareOne(pool));
      }),
    );
  } finally {
    await pool.close();
  }
  return bindings;
}

async function prepareOne(pool: Pool): Promise<Binding> {
  const [person, wallet] = [newPerson(), Wallet.createRandom()];
  const fields = { action: "create", platform: "ethereum", identity: wallet.address } as const;
  const asked = JSON.stringify({ ...fields, public_key: person.key.compressed });
  const answered = await pool.request({ path: "/v1/proof/payload", method: "POST", body: asked });
  const answer = (await answered.body.json()) as PayloadAnswer;
  if (answered.statusCode !== 200) throw new Error(`payload: ${answered.statusCode} ${JSON.stringify(answer)}`);
  const [signature, wallet_signature] = [person.privateKey, wallet.privateKey].map(
    (key) => signText(key, answer.sign_payload).base64,
  );
  const extra = { signature: signature!, wallet_signature: wallet_signature! };
  return { person, body: { ...proofBody(person, fields, answer, { extra }), sign_payload: answer.sign_payload } };
}

/** The body of POST /v1/proof, as text. `sign_payload` in it is for the floor: the API builds its own. */
export function bodyOf({ body }: Binding): string {
  return JSON.stringify(body);
}
