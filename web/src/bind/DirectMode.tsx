import type { Binding } from "@syngraph/sdk";

export function DirectMode({ binding }: { binding: Binding }) {
  return <p>{binding.link.uuid}</p>;
}
