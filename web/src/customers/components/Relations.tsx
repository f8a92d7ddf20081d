import { PlusOutlined } from "@ant-design/icons";
import { Breadcrumb, Button, Skeleton, Tag } from "antd";
import { lazy, Suspense, useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/access/api";
import { Amount } from "@/shared/components/Amount";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { useScreen } from "@/shared/hooks/useScreen";
import { useGraph, type Graph, type Stop } from "../profileApi";
import { stopOf, useNodeName } from "../relations";
import { RelationEnd, RelationForm } from "./RelationForm";
import styles from "./relations.module.css";

const RelationGraph = lazy(() => import("./RelationGraph"));
type Edge = Graph["edges"][number];

/** 资金往来, 担保 and the like read differently from either end. */
function useRole() {
  const { t } = useTranslation("customers");
  return (edge: Edge, center: string) =>
    t(`relations.role.${edge.kind}.${edge.begin === center ? "out" : "in"}`);
}

function Line({ graph, edge, onWalk, mayEnd }: LineProps) {
  const { t } = useTranslation(["customers", "shared"]);
  const format = useFormat();
  const role = useRole();
  const name = useNodeName();
  const key = edge.begin === graph.center ? edge.end : edge.begin;
  const node = graph.nodes.find((one) => one.key === key);
  if (!node) return null;
  const stop = stopOf(node, name(node));
  return (
    <li className={styles.line}>
      <span className={styles.who}>
        {stop ? (
          <Button type="link" className={styles.walk} onClick={() => onWalk(stop)}>
            {name(node)}
          </Button>
        ) : (
          <span className={styles.quiet}>{name(node)}</span>
        )}
        <small>
          {[
            role(edge, graph.center),
            edge.months !== null &&
              t("relations.transfers", {
                months: edge.months,
                txns: edge.txns,
                amount: `${graph.banded ? "≥" : ""}${format.money(edge.amount ?? 0)}`,
              }),
            edge.evidence,
            edge.source === "HAND"
              ? t("relations.byHand", { person: edge.made_by, date: format.shortDate(edge.valid_from) })
              : t("relations.byData", { confidence: edge.confidence }),
          ]
            .filter(Boolean)
            .join(" · ")}
        </small>
      </span>
      <span className={styles.side}>
        {node.tier !== null && <Tag variant="filled">{t(`shared:tier.${node.tier}`)}</Tag>}
        {node.aum !== null && <Amount value={node.aum} banded={graph.banded} />}
        {node.id !== null && `customer:${node.id}` !== graph.center && (
          <Link to={`/customers/${node.id}`}>{t("relations.open")}</Link>
        )}
        {mayEnd && <RelationEnd id={edge.id} />}
      </span>
    </li>
  );
}

interface LineProps {
  graph: Graph;
  edge: Edge;
  onWalk: (stop: Stop) => void;
  mayEnd: boolean;
}

/** 关系: the people and employers around a customer, to walk along; on a phone a list. */
export function Relations({ customerId, name }: { customerId: number; name: string }) {
  const { t } = useTranslation("customers");
  const me = useMe();
  const { phone } = useScreen();
  const [path, setPath] = useState<Stop[]>([{ id: customerId, name }]);
  const [adding, setAdding] = useState(false);
  const here = path[path.length - 1] ?? { id: customerId, name };
  const found = useGraph(here);
  const walk = useCallback((stop: Stop) => setPath((before) => [...before, stop]), []);
  const mayWrite = me.data?.rights.includes("relationship.write") ?? false;
  const graph = found.data;
  const home = graph?.household;
  return (
    <Panel
      title={t("section.relations")}
      extra={
        mayWrite &&
        "id" in here && (
          <Button size="small" icon={<PlusOutlined />} onClick={() => setAdding(!adding)}>
            {t("relations.add")}
          </Button>
        )
      }
    >
      {path.length > 1 && (
        <Breadcrumb
          className={styles.path}
          items={path.map((stop, n) => ({
            title:
              n < path.length - 1 ? (
                <Button type="link" size="small" onClick={() => setPath(path.slice(0, n + 1))}>
                  {stop.name}
                </Button>
              ) : (
                stop.name
              ),
          }))}
        />
      )}
      {adding && "id" in here && (
        <RelationForm key={here.id} customerId={here.id} onDone={() => setAdding(false)} />
      )}
      {found.isPending && <Skeleton active paragraph={{ rows: 4 }} />}
      {found.error && !graph && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {graph && graph.edges.length === 0 && <p className={styles.quiet}>{t("relations.empty")}</p>}
      {home && (
        <dl className={styles.home}>
          <div>
            <dt>{t("relations.household")}</dt>
            <dd>
              {t("relations.members", { count: home.members })}
              {home.hidden > 0 && <small> {t("relations.hiddenMembers", { count: home.hidden })}</small>}
            </dd>
          </div>
          <div>
            <dt>{t("relations.homeAum")}</dt>
            <dd>
              <Amount value={home.aum} banded={graph.banded} />
            </dd>
          </div>
          <div>
            <dt>{t("relations.homeLum")}</dt>
            <dd>
              <Amount value={home.lum} banded={graph.banded} />
            </dd>
          </div>
          <div>
            <dt>{t("relations.homeProducts")}</dt>
            <dd className="num">{home.categories}</dd>
          </div>
        </dl>
      )}
      {graph && graph.edges.length > 0 && (
        <>
          {!phone && (
            <Suspense fallback={<Skeleton active paragraph={{ rows: 6 }} />}>
              <RelationGraph graph={graph} onWalk={walk} />
              <p className={styles.quiet}>{t("relations.how")}</p>
            </Suspense>
          )}
          <ul className={styles.lines}>
            {graph.edges.map((edge) => (
              <Line key={edge.id} graph={graph} edge={edge} onWalk={walk} mayEnd={mayWrite} />
            ))}
          </ul>
          {graph.more > 0 && <p className={styles.quiet}>{t("relations.more", { count: graph.more })}</p>}
        </>
      )}
    </Panel>
  );
}
