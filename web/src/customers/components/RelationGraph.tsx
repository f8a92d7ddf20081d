import {
  Background,
  Controls,
  Handle,
  Position,
  ReactFlow,
  type Edge,
  type Node,
  type NodeProps,
} from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Amount } from "@/shared/components/Amount";
import { usePreferences } from "@/shared/preferences";
import type { Graph, Stop } from "../profileApi";
import styles from "./relations.module.css";
import { stopOf, useNodeName } from "../relations";

type Person = Node<{ node: Graph["nodes"][number]; center: boolean; banded: boolean; onWalk: () => void }>;

/** Of a hidden node there is nothing to open; of any other, its own neighbours. */
function PersonNode({ data: { node, center, banded, onWalk } }: NodeProps<Person>) {
  const { t } = useTranslation(["customers", "shared"]);
  const name = useNodeName();
  return (
    <div
      className={styles.node}
      data-kind={node.kind}
      data-center={center || undefined}
      role={node.kind === "HIDDEN" || center ? undefined : "button"}
      tabIndex={node.kind === "HIDDEN" || center ? undefined : 0}
      aria-label={name(node)}
      onDoubleClick={onWalk}
      onKeyDown={(event) => {
        if (event.key === "Enter") onWalk();
      }}
    >
      <Handle type="target" position={Position.Top} className={styles.handle} isConnectable={false} />
      <strong>{name(node)}</strong>
      {node.kind === "CUSTOMER" && (
        <small>
          {node.tier !== null && t(`shared:tier.${node.tier}`)} <Amount value={node.aum} banded={banded} />
        </small>
      )}
      <Handle type="source" position={Position.Bottom} className={styles.handle} isConnectable={false} />
    </div>
  );
}

const TYPES = { person: PersonNode };
const RING = 10;

/** The centre, and its neighbours around it in rings. */
function places(count: number): { x: number; y: number }[] {
  return Array.from({ length: count }, (_, n) => {
    const ring = Math.floor(n / RING);
    const inRing = Math.min(RING, count - ring * RING);
    const angle = ((n % RING) / inRing) * 2 * Math.PI - Math.PI / 2 + ring * 0.3;
    return { x: Math.cos(angle) * (270 + ring * 220), y: Math.sin(angle) * (150 + ring * 120) };
  });
}

interface Props {
  graph: Graph;
  onWalk: (stop: Stop) => void;
}

/** 关系图谱: double click or Enter on somebody walks there. Loaded lazily: the drawing library is large. */
export default function RelationGraph({ graph, onWalk }: Props) {
  const { t } = useTranslation("customers");
  const { theme } = usePreferences();
  const name = useNodeName();
  const nodes = useMemo<Person[]>(() => {
    const around = places(graph.nodes.length - 1);
    let n = 0;
    return graph.nodes.map((node) => {
      const center = node.key === graph.center;
      const stop = stopOf(node, name(node));
      return {
        id: node.key,
        type: "person",
        position: center ? { x: 0, y: 0 } : (around[n++] ?? { x: 0, y: 0 }),
        data: { node, center, banded: graph.banded, onWalk: () => stop && !center && onWalk(stop) },
        draggable: true,
        focusable: false, // the node's own button takes the focus
      };
    });
  }, [graph, name, onWalk]);
  const edges = useMemo<Edge[]>(() => {
    const between = new Map<string, string[]>();
    for (const edge of graph.edges) {
      const pair = `${edge.begin}>${edge.end}`;
      between.set(pair, [...(between.get(pair) ?? []), t(`relation.${edge.kind}`)]);
    }
    return [...between].map(([pair, kinds]) => {
      const [source = "", target = ""] = pair.split(">");
      return { id: pair, source, target, label: kinds.join(" · "), type: "straight", focusable: false };
    });
  }, [graph, t]);
  return (
    <div className={styles.graph}>
      <ReactFlow
        key={graph.center}
        nodes={nodes}
        edges={edges}
        nodeTypes={TYPES}
        nodeOrigin={[0.5, 0.5]}
        colorMode={theme === "dark" ? "dark" : "light"}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.15 }}
        minZoom={0.3}
        nodesConnectable={false}
        zoomOnDoubleClick={false}
        preventScrolling={false}
        zoomOnScroll={false}
        aria-label={t("section.relations")}
      >
        <Background />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}
