import {
  Background,
  BaseEdge,
  type Edge,
  EdgeLabelRenderer,
  type EdgeProps,
  Controls,
  Handle,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
} from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { count } from "@/shared/format/numbers";
import { usePreferences } from "@/shared/preferences";
import { stepOf } from "../definition";
import { CARD, END, laidOut, type Line, rounded } from "../layout";
import { AddStep } from "./AddStep";
import type { BoardProps } from "./boardProps";
import styles from "./board.module.css";
import { StepCard } from "./StepCard";

type Card = Node<{ board: BoardProps }, "card">;
type End = Node<Record<string, never>, "end">;
type WayEdge = Edge<{ line: Line; board: BoardProps }, "way">;

function CardNode({ id, data }: NodeProps<Card>) {
  return (
    <div className="nodrag nopan">
      <Handle type="target" position={Position.Top} className={styles.handle} isConnectable={false} />
      <StepCard id={id === ROOT ? "" : id} board={data.board} />
      <Handle type="source" position={Position.Bottom} className={styles.handle} isConnectable={false} />
    </div>
  );
}

function EndNode() {
  const { t } = useTranslation("outreach");
  return (
    <div className={styles.end}>
      <Handle type="target" position={Position.Top} className={styles.handle} isConnectable={false} />
      {t("journey.end")}
    </div>
  );
}

const LABEL = 16;
const ADD = 44;

/** A way out: its name and how many went below the card it leaves; while it is drawn, "+" below that. */
function WayLine({ id, data }: EdgeProps<WayEdge>) {
  const { t } = useTranslation("outreach");
  if (!data) return null;
  const { line, board } = data;
  const [begin, end] = [line.points[0], line.points.at(-1)];
  if (!begin || !end) return null;
  const name = board.say.way(stepOf(board.definition, line.from), line.out);
  const went = board.counts?.find(({ step }) => step === line.from)?.out[line.out];
  const at = (y: number) => ({
    transform: `translate(-50%, -50%) translate(${begin.x}px, ${begin.y + y}px)`,
  });
  return (
    <>
      <BaseEdge
        id={id}
        path={rounded(line.points)}
        className={styles.way}
        data-back={line.back || undefined}
      />
      <path
        d={`M ${end.x - 5} ${end.y - 8} L ${end.x} ${end.y - 1} L ${end.x + 5} ${end.y - 8} Z`}
        className={styles.arrow}
      />
      <EdgeLabelRenderer>
        {name && (
          <span className={styles.label} style={at(LABEL)}>
            {name}
          </span>
        )}
        {went !== undefined && (
          <span className={styles.went} style={at(name ? ADD - 6 : ADD - 16)}>
            {t("journey.passed", { number: count(went) })}
          </span>
        )}
        {board.onInsert && (
          <span className={`${styles.place} nodrag nopan`} style={at(name ? ADD : ADD - 10)}>
            <AddStep
              definition={board.definition}
              place={{ from: line.from, out: line.out }}
              say={board.say}
              onInsert={board.onInsert}
            />
          </span>
        )}
      </EdgeLabelRenderer>
    </>
  );
}

const ROOT = "*"; // the library takes no empty id; no step may be called so
const NODES = { card: CardNode, end: EndNode };
const EDGES = { way: WayLine };
const handlesOf = ({ width, height }: typeof CARD): NonNullable<Node["handles"]> => [
  { type: "target", position: Position.Top, x: width / 2, y: 0 },
  { type: "source", position: Position.Bottom, x: width / 2, y: height },
];
const LEAST = 0.55;
const MARGIN = 24;

/** 旅程画布. Loaded lazily: the drawing library is large. */
export default function Canvas(board: BoardProps) {
  const { t } = useTranslation("outreach");
  const { theme } = usePreferences();
  const frame = useRef<HTMLDivElement>(null);
  const { definition } = board;
  const { boxes, lines } = useMemo(() => laidOut(definition), [definition]);
  const nodes = boxes.map(({ id, kind, x, y }): Card | End => {
    const size = kind === "end" ? END : CARD;
    const shared = {
      id: id || ROOT,
      position: { x, y },
      ...size,
      measured: size, // known beforehand: nothing needs to be measured when the cards change
      handles: handlesOf(size),
    };
    return kind === "end"
      ? { ...shared, type: "end", data: {} }
      : { ...shared, type: "card", data: { board } };
  });
  const edges = lines.map((line): WayEdge => ({
    id: line.id,
    type: "way",
    source: line.from ?? ROOT,
    target: line.target,
    data: { line, board },
  }));
  const left = Math.min(...boxes.map(({ x }) => x));
  const right = Math.max(...boxes.map(({ x }) => x + CARD.width));
  const fit = (width: number) => {
    const zoom = Math.min(1, Math.max(LEAST, (width - 2 * MARGIN) / (right - left)));
    return { x: width / 2 - ((left + right) / 2) * zoom, y: MARGIN, zoom };
  };
  return (
    <div ref={frame} className={styles.canvas} data-drawn={board.onInsert ? true : undefined}>
      <ReactFlow<Card | End, WayEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODES}
        edgeTypes={EDGES}
        colorMode={theme === "dark" ? "dark" : "light"}
        onInit={(flow) => void flow.setViewport(fit(frame.current?.clientWidth ?? 0))}
        minZoom={0.2}
        maxZoom={1.5}
        nodesDraggable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        nodesConnectable={false}
        elementsSelectable={false}
        deleteKeyCode={null}
        zoomOnDoubleClick={false}
        panOnScroll
        aria-label={t("journey.canvas")}
        ariaLabelConfig={{
          "controls.zoomIn.ariaLabel": t("journey.zoomIn"),
          "controls.zoomOut.ariaLabel": t("journey.zoomOut"),
          "controls.fitView.ariaLabel": t("journey.whole"),
        }}
      >
        <Background />
        <Controls showInteractive={false} fitViewOptions={{ padding: 0.05, maxZoom: 1 }} />
      </ReactFlow>
    </div>
  );
}
