import { App, Button, Skeleton, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useReady, useTake, type Ready } from "../api";
import styles from "./ready.module.css";

const COLOURS = {
  NEW: "default",
  TEXTS: "warning",
  REFUSED: "error",
  READY: "processing",
  DRAFT: "processing",
  PENDING: "warning",
  RUNNING: "success",
  PAUSED: "default",
} as const;

/** 即用模板: what can be taken as it is, what it will do and say, and how far the bank is with it. */
export function ReadyCards({ kind }: { kind: Ready["kind"] }) {
  const { t } = useTranslation("outreach");
  const found = useReady();
  return (
    <Panel title={t("ready.title")}>
      <p className={`${styles.lead} ${styles.quiet}`}>{t(`ready.lead.${kind}`)}</p>
      {found.error && !found.data && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 4 }} title={false} />}
      {found.data && (
        <ul className={styles.cards}>
          {found.data
            .filter((one) => one.kind === kind)
            .map((one) => (
              <Card key={one.code} ready={one} />
            ))}
        </ul>
      )}
    </Panel>
  );
}

function Card({ ready }: { ready: Ready }) {
  const { t } = useTranslation("outreach");
  const { message } = App.useApp();
  const { mutate, isPending, error } = useTake();
  const asks = ready.kind === "PLAN" && ready.state === "READY";
  const deed = asks ? "ask" : ready.kind === "JOURNEY" ? "draw" : "take";
  return (
    <li>
      <span className={styles.head}>
        <h3>{ready.name}</h3>
        <Tag variant="filled" color={COLOURS[ready.state]}>
          {t(`ready.state.${ready.state}`)}
        </Tag>
      </span>
      <p>{ready.about}</p>
      <Facts ready={ready} />
      <Texts ready={ready} />
      <div className={styles.deeds}>
        {ready.may_take && (
          <Button
            type={asks ? "primary" : "default"}
            loading={isPending}
            aria-label={`${t(`ready.deed.${deed}`)} ${ready.name}`}
            onClick={() =>
              mutate(ready.code, { onSuccess: () => void message.success(t(`ready.done.${deed}`)) })
            }
          >
            {t(`ready.deed.${deed}`)}
          </Button>
        )}
        {ready.journey_id !== null && <Link to={`/journeys/${ready.journey_id}`}>{t("ready.open")}</Link>}
        {ready.texts.some(({ state }) => state === "PENDING" || state === "REFUSED") && (
          <Link to="/templates?show=waiting">{t("ready.toTexts")}</Link>
        )}
      </div>
      {error && <ProblemView error={error} />}
    </li>
  );
}

function Facts({ ready }: { ready: Ready }) {
  const { t } = useTranslation(["outreach", "shared"]);
  const said = [t("ready.when", { event: ready.event })];
  if (ready.tier_from !== null && ready.tier_to !== null)
    said.push(
      ready.tier_from === 0 && ready.tier_to === 5
        ? t("ready.everybody")
        : t("ready.tiers", {
            from: t(`shared:tier.${ready.tier_from}`),
            to: t(`shared:tier.${ready.tier_to}`),
          }),
    );
  if (ready.on_due !== null) said.push(t(ready.on_due ? "plan.onDue" : "plan.nextDay"));
  if (ready.instead !== null) said.push(t(ready.instead ? "plan.instead" : "plan.beside"));
  if (ready.steps > 0) said.push(t("ready.steps", { count: ready.steps }));
  if (ready.goal) said.push(t("ready.goal", { name: ready.goal }));
  return (
    <>
      <small className={styles.quiet}>{said.join(" · ")}</small>
      {ready.tasks.length > 0 && (
        <small className={styles.quiet}>
          {t("ready.tasks", { titles: ready.tasks.join(t("ready.and")) })}
        </small>
      )}
    </>
  );
}

function Texts({ ready }: { ready: Ready }) {
  const { t } = useTranslation("outreach");
  return (
    <details>
      <summary>{t("ready.texts", { count: ready.texts.length })}</summary>
      <ul className={styles.texts}>
        {ready.texts.map((text) => (
          <li key={text.name}>
            <span>
              {text.name}{" "}
              <small className={styles.quiet}>
                {[
                  t(`channel.${text.channel}`),
                  t(`kind.${text.kind}`),
                  t(`ready.textState.${text.state}`),
                ].join(" · ")}
              </small>
            </span>
            <blockquote className={styles.words} lang="zh">
              {text.text}
            </blockquote>
          </li>
        ))}
      </ul>
    </details>
  );
}
