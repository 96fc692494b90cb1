import { select } from "d3-selection";
import { type ZoomBehavior, type ZoomTransform, zoom, zoomIdentity, zoomTransform } from "d3-zoom";
import { type RefObject, useLayoutEffect, useMemo, useRef } from "react";

import type { Point } from "./layout.ts";

/** Moves and scales what is drawn. */
export interface Zoom {
  by(factor: number): void;
  /** Makes all of it visible. */
  fit(places: Iterable<Point>): void;
  /** The same, unless the reader has moved or scaled it. */
  settle(places: Iterable<Point>): void;
  /** Brings a place into view where it is not. */
  show(place: Point): void;
}

/** As small and as large as it gets. */
const SCALES: [number, number] = [0.08, 4];
/** Room around what is drawn, and around what is shown, in pixels: names are wider than high. */
const MARGIN = { x: 68, y: 56 };

/**
 * Zoom and pan by mouse, wheel and touch (d3-zoom). The page has to scroll over the drawing: a wheel zooms with Ctrl, or once
 * something in the drawing has the focus, and fingers move it by twos.
 *
 * @param svg the window.
 * @param content what is moved in it.
 * @param areFew whether there is room for names also where all of it is small.
 */
export function useZoom(
  svg: RefObject<SVGSVGElement | null>,
  content: RefObject<SVGGElement | null>,
  areFew: boolean,
): Zoom {
  const isMoved = useRef(false);
  const behavior = useRef<ZoomBehavior<SVGSVGElement, unknown>>(null);
  useLayoutEffect(() => {
    const [element, group] = [svg.current!, content.current!];
    const zooming = zoom<SVGSVGElement, unknown>()
      .scaleExtent(SCALES)
      .filter((event: Event) => {
        if (event.type === "wheel") {
          return (
            (event as WheelEvent).ctrlKey || (event as WheelEvent).metaKey || element.contains(document.activeElement)
          );
        }
        if (event.type.startsWith("touch")) return (event as TouchEvent).touches.length > 1;
        return !(event as MouseEvent).button;
      })
      .on("zoom", ({ transform, sourceEvent }: { transform: ZoomTransform; sourceEvent: Event | null }) => {
        // None where the page itself did it.
        if (sourceEvent) isMoved.current = true;
        group.setAttribute("transform", transform.toString());
        // Marks and names do not become as small as the rest, where there is room for that. In steps: all of the drawing is
        // styled anew each time.
        const scale = String(Math.max(0.05, Math.round(transform.k * 20) / 20));
        element.style.setProperty("--grown", String(areFew ? Math.max(1, Math.min(2.2, 0.8 / transform.k)) : 1));
        if (element.style.getPropertyValue("--scale") !== scale) element.style.setProperty("--scale", scale);
        element.classList.toggle("far", !areFew && transform.k < 0.55);
      });
    behavior.current = zooming;
    const selection = select(element).call(zooming).on("dblclick.zoom", null);
    return () => void selection.on(".zoom", null);
  }, [svg, content, areFew]);

  return useMemo(() => {
    const box = () => svg.current!.getBoundingClientRect();
    const apply = (run: (zooming: ZoomBehavior<SVGSVGElement, unknown>, on: ReturnType<typeof selection>) => void) => {
      if (behavior.current && svg.current) run(behavior.current, selection());
    };
    const selection = () => select(svg.current!);
    const zooms: Zoom = {
      by(factor) {
        isMoved.current = true;
        apply((zooming, on) => zooming.scaleBy(on, factor));
      },
      settle(places) {
        if (!isMoved.current) zooms.fit(places);
      },
      fit(places) {
        isMoved.current = false;
        const all = [...places];
        if (all.length === 0) return;
        const [xs, ys] = [all.map(({ x }) => x), all.map(({ y }) => y)];
        const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
        const { width, height } = box();
        const scale = Math.min(
          1.15,
          (width - 2 * Math.min(MARGIN.x, width / 6)) / Math.max(1, right - left),
          (height - 2 * MARGIN.y) / Math.max(1, bottom - top),
        );
        const k = Math.max(SCALES[0], scale);
        const to = zoomIdentity
          .translate(width / 2 - (k * (left + right)) / 2, height / 2 - (k * (top + bottom)) / 2)
          .scale(k);
        apply((zooming, on) => zooming.transform(on, to));
      },
      show({ x, y }) {
        const { width, height } = box();
        const [left, top] = zoomTransform(svg.current!).apply([x, y]);
        const isSeen = left > MARGIN.x && left < width - MARGIN.x && top > MARGIN.y && top < height - MARGIN.y;
        if (isSeen) return;
        isMoved.current = true;
        apply((zooming, on) => zooming.translateTo(on, x, y));
      },
    };
    return zooms;
  }, [svg]);
}
