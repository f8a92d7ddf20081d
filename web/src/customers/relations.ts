import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { Graph, Stop } from "./profileApi";

type Node = Graph["nodes"][number];

/** What a node is called: a customer by name, an employer by number, a hidden one by what may be said. */
export function useNodeName() {
  const { t } = useTranslation("customers");
  return useCallback(
    (node: Node): string => {
      if (node.kind === "HIDDEN") return t("relations.hidden");
      if (node.kind === "PARTY")
        return /^\d+$/.test(node.name) ? t("relations.unit", { no: node.name }) : node.name;
      return node.name;
    },
    [t],
  );
}

/** Where a step to this node leads; nowhere for the hidden. */
export function stopOf(node: Node, name: string): Stop | null {
  if (node.kind === "CUSTOMER" && node.id !== null) return { id: node.id, name };
  if (node.kind === "PARTY") return { party: node.name, name };
  return null;
}
