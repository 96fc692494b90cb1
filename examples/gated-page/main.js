import { RegistryReader, SyngraphError } from "@syngraph/sdk";

// Where the registry is: an RPC and an address are all that this page needs. Here they come with the page's address.
const settings = new URLSearchParams(location.search);
const reader = new RegistryReader({
  rpc: settings.get("rpc") ?? "http://127.0.0.1:8545",
  registry: settings.get("registry") ?? "",
});

const element = (id) => document.getElementById(id);
const say = (text) => (element("state").textContent = text);
let wallet = "";

// Wallets announce themselves (EIP-6963).
const announced = new Set();
window.addEventListener("eip6963:announceProvider", ({ detail: { info, provider } }) => {
  if (announced.has(info.uuid)) return;
  announced.add(info.uuid);
  const button = document.createElement("button");
  button.textContent = `Connect ${info.name}`;
  button.addEventListener("click", () => attempt(() => connect(provider)));
  element("wallets").append(button);
});
window.dispatchEvent(new Event("eip6963:requestProvider"));
element("choice").addEventListener("submit", (event) => {
  event.preventDefault();
  void attempt(() => admit(element("avatar").value.trim()));
});

async function connect(provider) {
  [wallet] = await provider.request({ method: "eth_requestAccounts" });
  // A wallet may be bound to several avatars: it says on chain which one speaks for it, or its user says it here.
  const avatar = await reader.avatarOf(wallet);
  if (avatar !== null) return admit(avatar);
  element("choice").hidden = false;
  say("This wallet names no avatar. Which is yours?");
}

async function admit(avatar) {
  say("Reading the registry …");
  // Anybody can type anybody's avatar: only one that this wallet signed for is its user's.
  const { bindings, verified, problems } = await reader.chain(avatar);
  if (!verified) throw new Error(`the RPC shows a chain that is not as it must be: ${problems[0]?.detail}`);
  const bound = (platform) => bindings.filter((one) => one.platform === platform && one.status === "confirmed");
  if (!bound("ethereum").some(({ identity }) => identity === wallet.toLowerCase())) {
    return say("That avatar is not bound to this wallet.");
  }
  const [account] = bound("github");
  if (!account) return say("That avatar has no GitHub account bound.");
  element("name").textContent = account.identity;
  element("content").hidden = false;
  element("choice").hidden = true;
  say(`Attested by ${account.attesters.length} as of ${new Date(account.asOf * 1000).toLocaleDateString()}.`);
}

async function attempt(what) {
  element("content").hidden = true;
  try {
    await what();
  } catch (error) {
    const again = error instanceof SyngraphError && error.retryable ? " Try again later." : "";
    say(`That did not work: ${error.message}.${again}`);
  }
}
