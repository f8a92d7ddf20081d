import { Button, Drawer, Skeleton, Tag, Timeline } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { EmptyState } from "@/shared/components/EmptyState";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { useScreen } from "@/shared/hooks/useScreen";
import { useWhy } from "../../useWhy";
import { useDryRun } from "../api";
import { stepOf } from "../definition";
import type { Say } from "../useSay";
import type { Definition, DryPath } from "../types";
import styles from "./journey.module.css";

/** So many steps of a way are shown at first: a way that goes round is long. */
const SHOWN = 10;
const COLOURS = { DONE: "default", GOAL: "success", HELD_OUT: "warning", CUT: "default" } as const;

interface Props {
  definition: Definition;
  id: number | null;
  say: Say;
  onClose: () => void;
}

/** 试运行: which way some of those who may enter would go, and what the gate would say to each message. */
export function DryRun({ definition, id, say, onClose }: Props) {
  const { t } = useTranslation("outreach");
  const { phone } = useScreen();
  const found = useDryRun(definition, id);
  return (
    <Drawer
      open
      onClose={onClose}
      size={phone ? "100%" : 560}
      title={t("journey.dry.title")}
      extra={
        <Button loading={found.isFetching} onClick={() => void found.refetch()}>
          {t("journey.dry.again")}
        </Button>
      }
    >
      <div className={styles.form}>
        <p className={styles.quiet}>{t("journey.dry.hint")}</p>
        {found.error && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
        {found.isPending && <Skeleton active paragraph={{ rows: 8 }} />}
        {found.data?.paths.length === 0 && (
          <EmptyState title={t("journey.dry.nobody")} hint={t("journey.dry.nobodyHint")} />
        )}
        {found.data && found.data.paths.length > 0 && (
          <p>
            {t("journey.dry.audience", {
              number: count(found.data.audience),
              shown: found.data.paths.length,
            })}
          </p>
        )}
        {found.data?.paths.map((path) => (
          <Path key={path.customer_id} path={path} definition={definition} say={say} />
        ))}
      </div>
    </Drawer>
  );
}

function Path({ path, definition, say }: { path: DryPath; definition: Definition; say: Say }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const why = useWhy();
  const [whole, setWhole] = useState(false);
  const more = path.steps.length - SHOWN;
  const steps = whole || more <= 0 ? path.steps : path.steps.slice(0, SHOWN);
  return (
    <Panel
      title={<Link to={`/customers/${path.customer_id}`}>{path.name}</Link>}
      extra={
        <Tag variant="filled" color={COLOURS[path.end]}>
          {t(`journey.dry.end.${path.end}`)}
        </Tag>
      }
    >
      <Timeline
        className={styles.timeline}
        items={steps.map(({ step, at, out, why: held, instead }, n) => {
          const passed = stepOf(definition, step);
          const way = say.way(passed, out);
          const message = passed?.type === "MESSAGE";
          return {
            key: `${step} ${n}`,
            color: message ? (held ? "red" : "green") : "gray",
            content: (
              <span className={styles.passed}>
                <span>{say.stepAt(definition, step)}</span>
                {way && <b>{t("journey.dry.out", { way })}</b>}
                {message && instead && (
                  <span>{t("journey.dry.instead", { channel: t(`channel.${instead}`) })}</span>
                )}
                {message &&
                  (held ? (
                    <span className={styles.bad}>{t("journey.dry.held", { why: why(held) })}</span>
                  ) : (
                    <span className={styles.good}>{t("journey.dry.ready")}</span>
                  ))}
                <small>{format.moment(at)}</small>
              </span>
            ),
          };
        })}
      />
      {more > 0 && !whole && (
        <Button onClick={() => setWhole(true)}>{t("journey.dry.more", { number: more })}</Button>
      )}
    </Panel>
  );
}
