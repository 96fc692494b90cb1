/**
 * Who is behind an account, asked as Next.ID's documentation says (docs.next.id): ProofService by REST, RelationService by
 * GraphQL. It knows nothing of Syngraph but two addresses.
 *
 *   PROOF_SERVICE=https://proof-service.next.id RELATION_SERVICE=https://relation-service.next.id node lookup.js github alice
 */
const proofService = process.env.PROOF_SERVICE ?? "http://127.0.0.1:3000";
const relationService = process.env.RELATION_SERVICE ?? "http://127.0.0.1:3000";
const [platform, identity] = process.argv.slice(2);

async function read(response) {
  const body = await response.json();
  if (!response.ok) throw new Error(`${response.url}: ${body.message}`);
  return body;
}

/** All avatars that have proven an identity, page by page. */
async function* avatarsOf(wanted) {
  for (let page = 1; page !== 0;) {
    const query = new URLSearchParams({ ...wanted, exact: "true", page: String(page) });
    const { ids, pagination } = await read(await fetch(`${proofService}/v1/proof?${query}`));
    yield* ids;
    page = pagination.next;
  }
}

const NEIGHBOURS = `
  query neighbours($platform: String, $identity: String) {
    identity(platform: $platform, identity: $identity) {
      neighborWithTraversal(depth: 3) {
        source
        from { platform identity }
        to { platform identity }
      }
    }
  }`;

/** What is connected with it, and who says so. */
async function neighboursOf(variables) {
  const request = { method: "POST", headers: { "content-type": "application/json" } };
  const body = JSON.stringify({ query: NEIGHBOURS, variables });
  const { data, errors } = await read(await fetch(relationService, { ...request, body }));
  if (errors) throw new Error(errors[0].message);
  return data.identity?.neighborWithTraversal ?? [];
}

for await (const { avatar, proofs } of avatarsOf({ platform, identity })) {
  console.log(`avatar ${avatar}`);
  for (const proof of proofs) {
    console.log(`  ${proof.platform} ${proof.identity} ${proof.is_valid ? "valid" : proof.invalid_reason}`);
  }
  const query = new URLSearchParams({ public_key: avatar, page: "1" });
  const { proof_chain: chain } = await read(await fetch(`${proofService}/v1/proofchain?${query}`));
  for (const { action, platform: on, identity: of } of chain) console.log(`  signed: ${action} ${on} ${of}`);
}
for (const { source, from, to } of await neighboursOf({ platform, identity })) {
  console.log(`${from.platform} ${from.identity} -> ${to.platform} ${to.identity} (${source})`);
}
