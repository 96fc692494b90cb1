import { type KeyboardEvent, memo, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../ui/Button.tsx";
import { PlatformIcon, isKnownPlatform, platformName } from "../ui/Platform.tsx";
import { Layout, type Point, lineOf, neighbourOf } from "./layout.ts";
import type { DrawnEdge, GraphModel, GraphNode } from "./model.ts";
import { type Zoom, useZoom } from "./useZoom.ts";
import { evidenceOf } from "./words.ts";

/** More vertices than this do not move before the reader's eyes. */
const MOST_ANIMATED = 200;
/** So few have their names and a size for fingers however small the drawing is. */
const FEW = 40;
const ZOOM_STEP = 1.4;
const RADIUS = 17;

/** What is drawn otherwise than the rest. */
export interface Marked {
  /** The vertex that is told of beside the drawing. */
  selected: string | null;
  /** Vertices and connections on the way that is explained; null where none is. */
  path: ReadonlySet<string> | null;
}

/**
 * The graph as a drawing. One tab stop: arrows go from identity to identity, Enter tells of one. What is drawn stands in the
 * table, too.
 */
export function Drawing({
  model,
  marked,
  onSelect,
}: {
  model: GraphModel;
  marked: Marked;
  onSelect: (id: string | null) => void;
}) {
  const { t } = useTranslation("graph");
  const help = useId();
  const svg = useRef<SVGSVGElement>(null);
  const content = useRef<SVGGElement>(null);
  const zoom = useZoom(svg, content, model.nodes.length <= FEW);
  const { places, isMoving } = useLayout(model, content, zoom);
  const isHidden = isMoving && model.nodes.length > MOST_ANIMATED;
  const [focused, setFocused] = useState(model.root.id);
  const stop = model.byId.has(focused) ? focused : model.root.id;

  function focus(id: string) {
    setFocused(id);
    nodeElement(content.current!, id)?.focus({ preventScroll: true });
    const place = places.current.get(id);
    if (place) zoom.show(place);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = neighbourOf(stop, event.key, places.current);
    const actions: Record<string, () => void> = {
      Home: () => focus(model.root.id),
      Escape: () => onSelect(null),
      "+": () => zoom.by(ZOOM_STEP),
      "=": () => zoom.by(ZOOM_STEP),
      "-": () => zoom.by(1 / ZOOM_STEP),
      "0": () => zoom.fit(places.current.values()),
      Enter: () => onSelect(stop),
      " ": () => onSelect(stop),
    };
    const act = next === null ? actions[event.key] : () => focus(next);
    // Also where an arrow leads nowhere: the page shall not scroll away.
    if (act || event.key.startsWith("Arrow")) event.preventDefault();
    act?.();
  }

  return (
    <div className="graph-drawing">
      <p className="unseen" id={help}>
        {t("drawing.help")}
      </p>
      <svg
        ref={svg}
        role="group"
        aria-label={t("drawing.label", { identities: model.nodes.length, connections: model.edges.length })}
        aria-describedby={help}
        aria-busy={isMoving}
        className={marked.path === null ? undefined : "with-path"}
        onKeyDown={onKeyDown}
      >
        <g ref={content} visibility={isHidden ? "hidden" : undefined}>
          <g aria-hidden="true">
            {model.edges.map((drawn) => (
              <Line key={drawn.edge.id} drawn={drawn} onPath={marked.path?.has(drawn.edge.id) ?? false} />
            ))}
          </g>
          {inFront(model).map((node) => (
            <Node
              key={node.id}
              node={node}
              name={t("drawing.node", {
                platform: platformName(node.platform),
                identity: shortened(node.identity),
                count: node.edges.length,
              })}
              isSelected={marked.selected === node.id}
              onPath={marked.path?.has(node.id) ?? false}
              isStop={stop === node.id}
              onFocus={setFocused}
              onSelect={onSelect}
            />
          ))}
        </g>
      </svg>
      {isHidden && (
        <p className="graph-wait soft" role="status">
          {t("drawing.wait")}
        </p>
      )}
      <div className="graph-zoom">
        <Button small icon="plus" iconOnly onClick={() => zoom.by(ZOOM_STEP)}>
          {t("zoom.in")}
        </Button>
        <Button small icon="minus" iconOnly onClick={() => zoom.by(1 / ZOOM_STEP)}>
          {t("zoom.out")}
        </Button>
        <Button small icon="fit" iconOnly onClick={() => zoom.fit(places.current.values())}>
          {t("zoom.fit")}
        </Button>
      </div>
    </div>
  );
}

/** What was asked for is drawn last, over all that may lie there. */
function inFront({ nodes, root }: GraphModel): GraphNode[] {
  return [...nodes.filter(({ isRoot }) => !isRoot), root];
}

/** Lays the graph out, and writes places into the elements past React, which would look at all of them each time. */
function useLayout(model: GraphModel, content: { current: SVGGElement | null }, zoom: Zoom) {
  const places = useRef<Map<string, Point>>(new Map());
  const [isMoving, setMoving] = useState(false);
  useLayoutEffect(() => {
    const layout = new Layout(model, places.current, content.current!.ownerSVGElement!.getBoundingClientRect());
    const write = () => {
      places.current = layout.places();
      writePlaces(content.current!, model, places.current);
    };
    const areMany = model.nodes.length > MOST_ANIMATED;
    const isAnimated = !areMany && !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (isAnimated) for (let slice = 0; slice < 2; slice += 1) layout.advance();
    else if (!areMany) layout.finish();
    const show = () => {
      write();
      zoom.settle(places.current.values());
    };
    show();
    if (!isAnimated && !areMany) return undefined;
    setMoving(true);
    return isAnimated
      ? animate(layout, show, () => setMoving(false))
      : settleAside(layout, () => {
          show();
          setMoving(false);
        });
  }, [model, content, zoom]);

  // Whenever the window has another size.
  useEffect(() => {
    const resized = new ResizeObserver(() => zoom.settle(places.current.values()));
    resized.observe(content.current!.ownerSVGElement!);
    return () => resized.disconnect();
  }, [content, zoom]);
  return { places, isMoving };
}

/** Reckons a little for each picture. @returns what ends it. */
function animate(layout: Layout, show: () => void, done: () => void): () => void {
  let frame = requestAnimationFrame(function step() {
    const isDone = layout.advance();
    show();
    if (isDone) done();
    else frame = requestAnimationFrame(step);
  });
  return () => cancelAnimationFrame(frame);
}

/** Reckons in pieces so short that the page goes on meanwhile, in milliseconds, and shows what came of it. */
const PIECE = 30;

function settleAside(layout: Layout, done: () => void): () => void {
  let timer = setTimeout(function step() {
    if (layout.advance(PIECE)) done();
    else timer = setTimeout(step);
  });
  return () => clearTimeout(timer);
}

function writePlaces(content: SVGGElement, { edges }: GraphModel, places: ReadonlyMap<string, Point>): void {
  for (const element of content.querySelectorAll<SVGGElement>("[data-node]")) {
    const { x, y } = places.get(element.dataset["node"]!)!;
    element.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
  }
  const lines = content.querySelectorAll("[data-edge]");
  for (const [index, { source, target, bend }] of edges.entries()) {
    lines[index]!.setAttribute("d", lineOf(places.get(source)!, places.get(target)!, bend));
  }
}

function nodeElement(content: SVGGElement, id: string): SVGGElement | null {
  return content.querySelector(`[data-node="${CSS.escape(id)}"]`);
}

const Line = memo(function Line({ drawn: { edge }, onPath }: { drawn: DrawnEdge; onPath: boolean }) {
  return (
    <path
      data-edge={edge.id}
      className={["graph-edge", evidenceOf(edge.evidence), edge.disputed && "disputed", onPath && "on-path"]
        .filter(Boolean)
        .join(" ")}
    />
  );
});

const Node = memo(function Node({
  node,
  name,
  isSelected,
  onPath,
  isStop,
  onFocus,
  onSelect,
}: {
  node: GraphNode;
  name: string;
  isSelected: boolean;
  onPath: boolean;
  isStop: boolean;
  onFocus: (id: string) => void;
  onSelect: (id: string) => void;
}) {
  const { id, isRoot, platform, identity } = node;
  const isAvatar = platform === "nextid";
  const classes = ["graph-node", isAvatar && "avatar", isRoot && "root", isSelected && "selected", onPath && "on-path"];
  return (
    <g
      data-node={id}
      className={classes.filter(Boolean).join(" ")}
      role="button"
      tabIndex={isStop ? 0 : -1}
      aria-label={name}
      aria-pressed={isSelected}
      onFocus={() => onFocus(id)}
      onClick={() => onSelect(id)}
    >
      <g className="graph-mark">
        {/* A finger needs 44 px. */}
        <circle className="graph-reach" r={22} />
        {isRoot && <circle className="graph-ring" r={RADIUS + 5} />}
        {isAvatar ? (
          <rect className="graph-body" x={-RADIUS} y={-RADIUS} width={2 * RADIUS} height={2 * RADIUS} rx={9} />
        ) : (
          <circle className="graph-body" r={RADIUS} />
        )}
        <g transform="translate(-9 -9)">
          <PlatformIcon platform={platform} size={18} />
        </g>
        <text className="graph-name" y={RADIUS + 17}>
          {shortened(identity)}
        </text>{" "}
        <text className={isKnownPlatform(platform) ? "graph-platform" : "graph-platform made-up"} y={RADIUS + 31}>
          {shortened(platformName(platform))}
        </text>
      </g>
    </g>
  );
});

/** A name has room for so many signs. */
const MOST_SIGNS = 16;

/** Its beginning and end: keys differ in both. */
export function shortened(text: string): string {
  const signs = [...text];
  return signs.length <= MOST_SIGNS ? text : `${signs.slice(0, 8).join("")}…${signs.slice(-6).join("")}`;
}
