import { allWays, inOrder, waysOut } from "./definition";
import type { Definition } from "./types";

/** Sizes in pixels. The room between layers holds a way's name and the button that puts a step on it. */
export const CARD = { width: 236, height: 96 };
export const END = { width: 72, height: 30 };
const BETWEEN = 80;
const BESIDE = 36;
const LANE = 22;
const TURN = 18;
const PASSES = 12;
const TRIGGER = "";

export interface Box {
  /** Of a step its id, of the trigger empty, of an end the way that ends. */
  id: string;
  kind: "trigger" | "step" | "end";
  x: number;
  y: number;
}

export interface Point {
  x: number;
  y: number;
}

export interface Line {
  id: string;
  from: string | null;
  out: string;
  target: string;
  /** It leads back to what came before. */
  back: boolean;
  points: Point[];
}

interface Vertex {
  id: string;
  kind: Box["kind"] | "bend";
  layer: number;
  x: number;
  /** Where it is led to from, e.g. a third of the way along the card above. */
  above: { vertex: Vertex; at: number }[];
  below: Vertex[];
}

const half = ({ kind }: Vertex) => (kind === "end" ? END.width : kind === "bend" ? LANE : CARD.width) / 2;
const mean = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
const top = (layer: number) => layer * (CARD.height + BETWEEN);

/** Where each card and each way is drawn: layers from top to bottom, the trigger's middle at x = 0. */
export function laidOut(definition: Definition): { boxes: Box[]; lines: Line[] } {
  const steps = inOrder(definition);
  const vertices = new Map<string, Vertex>();
  const vertex = (id: string, kind: Vertex["kind"], layer = 0): Vertex => {
    const made: Vertex = { id, kind, layer, x: 0, above: [], below: [] };
    vertices.set(id, made);
    return made;
  };
  vertex(TRIGGER, "trigger");
  for (const { id } of steps) vertex(id, "step");
  const ways = allWays(definition).map(({ from, out, to }) => {
    const id = `${from ?? ""}:${out}`;
    const known = to !== null && vertices.has(to);
    if (!known) vertex(id, "end");
    const from_ = steps.find((step) => step.id === from);
    const outs = from_ ? waysOut(from_).map((way) => way.out) : ["next"];
    const at = (outs.indexOf(out) + 1) / (outs.length + 1);
    return { id, from, out, at, source: from ?? TRIGGER, target: known ? to : id };
  });
  const { order, back } = walked([TRIGGER, ...steps.map(({ id }) => id)], (id) =>
    ways.filter(({ source }) => source === id),
  );
  const get = (id: string) => vertices.get(id) as Vertex;
  for (const id of order) {
    if (id !== TRIGGER && get(id).layer === 0) get(id).layer = 1; // what no way leads to stands beside the first
    for (const way of ways)
      if (way.source === id && !back.has(way.id))
        get(way.target).layer = Math.max(get(way.target).layer, get(id).layer + 1);
  }
  // a long way bends around the cards of the layers that it passes
  const chains = new Map<string, Vertex[]>();
  for (const { id, source, target, at } of ways.filter((way) => !back.has(way.id))) {
    const chain: Vertex[] = [];
    let above = { vertex: get(source), at };
    for (let layer = above.vertex.layer + 1; layer <= get(target).layer; layer += 1) {
      const next = layer === get(target).layer ? get(target) : vertex(`${id}@${layer}`, "bend", layer);
      next.above.push(above);
      above.vertex.below.push(next);
      chain.push(next);
      above = { vertex: next, at: 0.5 };
    }
    chains.set(id, chain);
  }
  placed(layersOf([...vertices.values()]));
  const shift = get(TRIGGER).x;
  for (const one of vertices.values()) one.x -= shift;
  const right = Math.max(...[...vertices.values()].map((one) => one.x + half(one)));
  let lane = right;
  const lines = ways.map(({ id, from, out, at, source, target }): Line => {
    const begin = { x: port(get(source), at), y: top(get(source).layer) + CARD.height };
    if (back.has(id)) lane += LANE;
    const points = back.has(id)
      ? around(begin, lane, { x: get(target).x, y: top(get(target).layer) })
      : through(begin, chains.get(id) ?? []);
    return { id, from, out, target, back: back.has(id), points };
  });
  const boxes = [...vertices.values()].flatMap((one) =>
    one.kind === "bend" ? [] : [{ id: one.id, kind: one.kind, x: one.x - half(one), y: top(one.layer) }],
  );
  return { boxes, lines };
}

/** The ids so that each comes after all that lead to it, but for the ways back. */
function walked(roots: string[], waysOf: (id: string) => { id: string; target: string }[]) {
  const back = new Set<string>();
  const seen = new Map<string, "open" | "done">();
  const order: string[] = [];
  const visit = (id: string) => {
    seen.set(id, "open");
    for (const way of waysOf(id)) {
      if (seen.get(way.target) === "open") back.add(way.id);
      else if (!seen.has(way.target)) visit(way.target);
    }
    seen.set(id, "done");
    order.unshift(id);
  };
  for (const id of roots) if (!seen.has(id)) visit(id);
  return { order, back };
}

/** The layers from the top, each in the order of what leads to it. */
function layersOf(vertices: Vertex[]): Vertex[][] {
  const layers: Vertex[][] = [];
  for (const one of vertices) (layers[one.layer] ??= []).push(one);
  const rank = new Map<Vertex, number>();
  return layers.map((layer) => {
    const wanted = new Map(
      layer.map((one) => [
        one,
        one.above.length ? mean(one.above.map(({ vertex, at }) => (rank.get(vertex) ?? 0) + at)) : Infinity,
      ]),
    );
    // the same number twice, e.g. both Infinity: as they were
    const sorted = layer.toSorted((a, b) => {
      const [left = 0, right = 0] = [wanted.get(a), wanted.get(b)];
      return left === right ? 0 : left - right;
    });
    sorted.forEach((one, n) => rank.set(one, n));
    return sorted;
  });
}

const port = (one: Vertex, at: number) => one.x + (one.kind === "bend" ? 0 : (at - 0.5) * CARD.width);

/** Give each its x: near what it is joined to, downwards and upwards in turn, none over another. */
function placed(layers: Vertex[][]): void {
  for (let pass = 0; pass <= PASSES; pass += 1) {
    const down = pass % 2 === 0;
    for (const layer of down ? layers : layers.toReversed()) {
      const wanted = layer.map((one) => {
        const near = down ? one.above.map(({ vertex, at }) => port(vertex, at)) : one.below.map(({ x }) => x);
        return near.length ? mean(near) : one.x;
      });
      apart(layer, wanted);
    }
  }
}

/** As near to where they want to be as their widths allow: neighbours that collide share the way they give. */
function apart(layer: Vertex[], wanted: number[]): void {
  const offsets: number[] = [];
  layer.forEach((one, n) => {
    const last = layer[n - 1];
    offsets.push(last ? (offsets[n - 1] ?? 0) + half(last) + BESIDE + half(one) : 0);
  });
  const blocks: { sum: number; size: number }[] = [];
  wanted.forEach((x, n) => {
    let block = { sum: x - (offsets[n] ?? 0), size: 1 };
    for (
      let last = blocks.at(-1);
      last && last.sum / last.size > block.sum / block.size;
      last = blocks.at(-1)
    ) {
      blocks.pop();
      block = { sum: last.sum + block.sum, size: last.size + block.size };
    }
    blocks.push(block);
  });
  const xs = blocks.flatMap(({ sum, size }) => Array.from({ length: size }, () => sum / size));
  layer.forEach((one, n) => {
    one.x = (xs[n] ?? 0) + (offsets[n] ?? 0);
  });
}

function through(begin: Point, chain: Vertex[]): Point[] {
  const points = [begin];
  let x = begin.x;
  for (const next of chain) {
    const y = top(next.layer);
    if (Math.abs(next.x - x) > 0.5) points.push({ x, y: y - TURN }, { x: next.x, y: y - TURN });
    x = next.x;
    if (next === chain.at(-1)) points.push({ x, y });
  }
  return points;
}

/** Back up at the right of everything. */
function around(begin: Point, lane: number, end: Point): Point[] {
  const low = begin.y + BETWEEN - TURN;
  const high = end.y - TURN;
  return [
    begin,
    { x: begin.x, y: low },
    { x: lane, y: low },
    { x: lane, y: high },
    { x: end.x, y: high },
    end,
  ];
}

/** The line as an SVG path whose corners are round. */
export function rounded(points: Point[], radius = 10): string {
  return points
    .map((point, n) => {
      const [last, next] = [points[n - 1], points[n + 1]];
      if (!last) return `M ${point.x} ${point.y}`;
      if (!next) return `L ${point.x} ${point.y}`;
      const near = (other: Point) => {
        const length = Math.hypot(other.x - point.x, other.y - point.y);
        const part = length ? Math.min(radius, length / 2) / length : 0;
        return `${point.x + (other.x - point.x) * part} ${point.y + (other.y - point.y) * part}`;
      };
      return `L ${near(last)} Q ${point.x} ${point.y} ${near(next)}`;
    })
    .join(" ");
}
