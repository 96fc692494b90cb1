import type { RequestHandler } from "express";
import { Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";

import { shared } from "./shared.ts";

/** What Prometheus is told; each process counts for itself. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram<"method" | "route" | "status">;

  constructor() {
    collectDefaultMetrics({ register: this.#registry, prefix: "syngraph_" });
    this.#requests = new Histogram({
      name: "syngraph_http_request_duration_seconds",
      help: "Time from a request's head to the end of its answer.",
      labelNames: ["method", "route", "status"],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [this.#registry],
    });
  }

  /**
   * Adds figures that are asked for when Prometheus asks. One that cannot be had then is left out.
   *
   * @param labels names of what tells the values of one gauge apart.
   */
  gauge(name: string, help: string, read: () => Promise<Reading[]> | Reading[], labels: readonly string[] = []): void {
    const gauge = new Gauge({
      name: `syngraph_${name}`,
      help,
      labelNames: [...labels],
      registers: [this.#registry],
      async collect() {
        gauge.reset();
        const readings = await Promise.resolve()
          .then(read)
          .catch(() => []);
        for (const { value, ...rest } of readings) gauge.set(rest.labels ?? {}, value);
      },
    });
  }

  /** Times requests, by route and not by path: paths have no end. */
  readonly observe: RequestHandler = (request, response, next) => {
    const end = this.#requests.startTimer();
    response.once("close", () => {
      const route: unknown = (request.route as { path?: unknown } | undefined)?.path;
      const status = response.writableFinished ? String(response.statusCode) : "aborted";
      end({ method: KNOWN_METHODS.has(request.method) ? request.method : "other", route: routeName(route), status });
    });
    next();
  };

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All of it, as Prometheus reads it. */
  readonly text = shared(() => this.#registry.metrics());
}

/** One value of a gauge. */
export interface Reading {
  value: number;
  labels?: Record<string, string>;
}

/** Anything else is a stranger's word, of which there are many. */
const KNOWN_METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

function routeName(route: unknown): string {
  return typeof route === "string" ? route : "none";
}
