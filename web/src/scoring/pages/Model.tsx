import { Skeleton } from "antd";
import { lazy, Suspense, useCallback } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { useMe } from "@/access/api";
import { NotFound } from "@/app/pages/NotFound";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count, percent } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { type ModelCard, useModelCard } from "../api";
import { ChampionPanel } from "../components/ChampionPanel";
import { Metrics, type Figures } from "../components/Metrics";
import { ModelActs } from "../components/ModelActs";
import { ModelStatus } from "../components/ModelStatus";
import { ProductMetrics, type ProductFigures } from "../components/ProductMetrics";
import { TextMetrics, type TextFigures } from "../components/TextMetrics";
import { ValueMetrics, type ValueFigures } from "../components/ValueMetrics";
import type { Bin } from "../components/ReliabilityChart";
import styles from "../components/scoring.module.css";

const ReliabilityChart = lazy(() => import("../components/ReliabilityChart"));

/** 模型卡: all that is known of one model. */
export function Component() {
  const { t } = useTranslation("scoring");
  const { kind = "", number = "" } = useParams();
  const mayDecide = useMe().data?.rights.includes("model.approve") ?? false;
  const found = useModelCard(kind, Number(number));
  if (!Number.isInteger(Number(number))) return <NotFound />;
  const card = found.data;
  return (
    <>
      <PageTitle
        question={t("model.question", { kind: t(`kind.${kind}`, { defaultValue: kind }), number })}
        extra={<Link to="/models">{t("model.back")}</Link>}
      />
      {!card &&
        (found.error ? (
          <ProblemView error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <Skeleton active paragraph={{ rows: 10 }} />
        ))}
      {card && (
        <div className={styles.page}>
          <Facts card={card} mayDecide={mayDecide} />
          <ChampionPanel card={card} />
          <Figured card={card} />
          {card.features.length > 0 && <Features card={card} />}
          <Settings card={card} />
        </div>
      )}
    </>
  );
}

/** What a model of its kind was measured by. */
function Figured({ card }: { card: ModelCard }) {
  if (card.kind === "value") return <ValueMetrics figures={card.metrics as unknown as ValueFigures} />;
  if (card.kind === "text") return <TextMetrics figures={card.metrics as unknown as TextFigures} />;
  if (card.kind === "product") return <ProductMetrics figures={card.metrics as unknown as ProductFigures} />;
  return (
    <div className={styles.two}>
      <Metrics figures={card.metrics as unknown as Figures} />
      <Reliability card={card} />
    </div>
  );
}

type Fact = [name: string, value: string];

function Facts({ card, mayDecide }: { card: ModelCard; mayDecide: boolean }) {
  const { t } = useTranslation("scoring");
  const format = useFormat();
  const month = (day: string) => format.month(day.slice(0, 7));
  const decided = (name: string | null, at: string | null) =>
    name && at ? `${name} · ${format.moment(at)}` : "—";
  const { window: learned } = card;
  const texts = card.kind === "text";
  const facts: Fact[] = [
    ...(texts
      ? []
      : [
          [
            "learned",
            t("model.from", { from: month(learned.learned_from), to: month(learned.learned_to) }),
          ] as Fact,
        ]),
    [
      "rows",
      card.kind === "churn"
        ? t("model.rowsOf", { rows: count(card.rows), left: count(card.positives) })
        : texts
          ? t("model.ownTexts", { rows: count(card.rows), own: count(card.own ?? 0) })
          : t("model.rowsOnly", { rows: count(card.rows) }),
    ],
    ...(texts
      ? []
      : ([
          ["tested", month(learned.tested_on)],
          ["outcome", format.date(learned.outcome_to)],
        ] as Fact[])),
    ["trained", decided(card.trained_by, card.trained_at)],
    ["approved", decided(card.approved_by, card.approved_at)],
    ["released", decided(card.released_by, card.released_at)],
    ["code", card.code_version],
    [
      "engine",
      texts ? t("model.logistic") : `LightGBM ${card.lightgbm}, ${t("model.trees", { count: card.rounds })}`,
    ],
    ...(card.note ? [["note", card.note] as Fact] : []),
    ...(card.reason ? [[card.released_at ? "reason" : "setAside", card.reason] as Fact] : []),
  ];
  return (
    <Panel title={<ModelStatus model={card} />} extra={<ModelActs model={card} mayDecide={mayDecide} />}>
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{t(`fact.${name}`)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function Reliability({ card }: { card: ModelCard }) {
  const { t } = useTranslation("scoring");
  const bins = card.metrics["reliability"] as Bin[];
  const hover = useCallback(
    (bin: Bin) =>
      t("model.bin", {
        customers: count(bin.customers),
        told: percent(bin.told),
        happened: percent(bin.happened),
      }),
    [t],
  );
  return (
    <Panel title={t("model.reliability")}>
      <p className={styles.quiet}>{t("model.reliabilityHow")}</p>
      <Suspense fallback={<div className={styles.chart} />}>
        <ReliabilityChart
          bins={bins}
          label={t("model.reliability")}
          xName={t("model.told")}
          yName={t("model.happened")}
          hover={hover}
        />
      </Suspense>
    </Panel>
  );
}

function Features({ card }: { card: ModelCard }) {
  const { t } = useTranslation("scoring");
  return (
    <Panel title={t("model.features", { count: card.features.length })}>
      <ul className={styles.features}>
        {card.features.map(({ name, label, monotone }) => (
          <li key={name}>
            {label} {monotone !== 0 && <small>{t(monotone > 0 ? "model.raises" : "model.lowers")}</small>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Settings({ card }: { card: ModelCard }) {
  const { t } = useTranslation("scoring");
  const said = (value: unknown) => (Array.isArray(value) ? value.join(", ") : String(value));
  return (
    <Panel title={t("model.settings")}>
      <p className={styles.quiet}>{t("model.settingsHow")}</p>
      <dl className={styles.facts}>
        {Object.entries({ ...card.thresholds, ...card.recipe }).map(([code, value]) => (
          <div key={code}>
            <dt>{code}</dt>
            <dd>{said(value)}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
