import type { BindingStatus } from "@syngraph/sdk/protocol";

import { AvatarReplay } from "./avatar.ts";
import type { History } from "./history.ts";
import { type ReplayOptions, replayAll } from "./replay.ts";
import type { Target } from "./target.ts";

/** How many avatars are asked about at once. */
const MAX_QUESTIONS = 100;

/** A binding that does not stand on the target as it does on the source, though the same links are about it. */
export interface Difference {
  platform: string;
  identity: string;
  source: BindingStatus;
  target: BindingStatus;
}

/** What became of one avatar. */
export interface AvatarReport {
  replay: AvatarReplay;
  differences: Difference[];
}

/** Brings the target up to a history; answers what became of each avatar. */
export async function mirror(
  { chains }: Pick<History, "chains">,
  target: Target,
  options: ReplayOptions,
): Promise<AvatarReport[]> {
  const replays = [...chains.values()].map((chain) => new AvatarReplay(chain));
  for (const some of inGroups(replays)) await Promise.all(some.map((replay) => replay.locate(target)));
  await replayAll(replays, target, options);
  const reports: AvatarReport[] = [];
  for (const some of inGroups(replays)) {
    reports.push(
      ...(await Promise.all(
        some.map(async (replay) => ({ replay, differences: await differencesOf(replay, target) })),
      )),
    );
  }
  return reports;
}

async function differencesOf(replay: AvatarReplay, target: Target): Promise<Difference[]> {
  const comparable = [...replay.chain.bindings.values()].filter(
    ({ lastSequence, platform, identity }) =>
      lastSequence <= replay.agreed && !replay.aheadBindings.has(`${platform} ${identity}`),
  );
  const compared = await Promise.all(
    comparable.map(async (binding) => {
      const { platform, identity, status } = binding;
      const { status: there } = await replay.stateOf(binding, target);
      return { platform, identity, source: status, target: there };
    }),
  );
  return compared.filter(({ source, target: there }) => source !== there);
}

function* inGroups<Item>(items: readonly Item[]): Generator<Item[]> {
  for (let start = 0; start < items.length; start += MAX_QUESTIONS) yield items.slice(start, start + MAX_QUESTIONS);
}
