import { Pool } from "undici";

/** How a request was answered. */
export interface Answered {
  status: number;
  body: string;
  milliseconds: number;
}

/** Posts all bodies to /v1/proof, so many at a time, and as fast as they are answered. */
export async function sendAll(origin: string, bodies: readonly string[], concurrent: number): Promise<Answered[]> {
  const pool = new Pool(origin, { connections: concurrent });
  const answers: Answered[] = [];
  const waiting = bodies.values();
  try {
    await Promise.all(
      Array.from({ length: concurrent }, async () => {
        for (const body of waiting) {
          const started = performance.now();
          const answer = await pool.request({ path: "/v1/proof", method: "POST", body });
          const text = await answer.body.text();
          answers.push({ status: answer.statusCode, body: text, milliseconds: performance.now() - started });
        }
      }),
    );
  } finally {
    await pool.close();
  }
  return answers;
}

/** The value below which this share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}
