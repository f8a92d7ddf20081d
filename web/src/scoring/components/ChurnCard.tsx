import { Button, Popconfirm } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import { Amount } from "@/shared/components/Amount";
import { Explain } from "@/shared/components/Explain";
import { Panel } from "@/shared/components/Panel";
import { percent } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { useProblemNotice } from "@/shared/hooks/useProblemNotice";
import { type ScoreCard, useScoreCard, useWithdrawFeedback } from "../api";
import { BandTag } from "./BandTag";
import { FeedbackForm } from "./FeedbackForm";
import { ScoreCurve } from "./ScoreCurve";
import styles from "./scoring.module.css";

/** 流失风险 on 客户一览: how likely, what is at stake, why, how it came to be, and whether it is true. */
export function ChurnCard({ customerId }: { customerId: number }) {
  const { t } = useTranslation("scoring");
  const allowed = useMe().data?.rights.includes("churn.read") ?? false;
  const card = useScoreCard(customerId, allowed).data;
  const [telling, setTelling] = useState(false);
  if (!card || card.state === "NO_MODEL") return null;
  return (
    <Panel
      title={
        <Explain title={t("card.title")} text={t("card.how")} asOf={card.day}>
          {t("card.title")}
        </Explain>
      }
      extra={
        card.may_tell && (
          <Button size="small" onClick={() => setTelling(true)}>
            {t("card.notTrue")}
          </Button>
        )
      }
    >
      <div className={styles.card}>
        {card.state === "OBJECTED" && <p className={styles.quiet}>{t("card.objected")}</p>}
        {card.state === "NOT_SCORED" && <p className={styles.quiet}>{t("card.notScored")}</p>}
        {card.state === "SCORED" && <Score card={card} />}
        {card.history.length > 1 && <ScoreCurve points={card.history} />}
        {card.feedback.map((told) => (
          <Told key={told.id} told={told} customerId={customerId} />
        ))}
      </div>
      {telling && <FeedbackForm customerId={customerId} onClose={() => setTelling(false)} />}
    </Panel>
  );
}

function Score({ card }: { card: ScoreCard }) {
  const { t } = useTranslation("scoring");
  const format = useFormat();
  return (
    <>
      <div className={styles.score}>
        {card.band && <BandTag band={card.band} />}
        <strong>{percent(card.probability ?? 0, 0)}</strong>
        <span>
          {t("board.atRisk")} <Amount value={card.aum_at_risk} banded={card.banded} />
        </span>
        {card.entered_on && (
          <small>{t("card.since", { date: format.shortDate(card.entered_on, card.day ?? undefined) })}</small>
        )}
      </div>
      {card.reasons.length > 0 && (
        <ol className={styles.reasons}>
          {card.reasons.map((why) => (
            <li key={why}>{why}</li>
          ))}
        </ol>
      )}
      {card.actions.length > 0 && (
        <div>
          <span className={styles.quiet}>{t("card.couldDo")}</span>
          <ul className={styles.reasons}>
            {card.actions.map((action) => (
              <li key={action}>{action}</li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

function Told({ told, customerId }: { told: ScoreCard["feedback"][number]; customerId: number }) {
  const { t } = useTranslation("scoring");
  const format = useFormat();
  const notice = useProblemNotice();
  const withdraw = useWithdrawFeedback(customerId);
  return (
    <div className={styles.told}>
      <div>
        {t("card.told")}
        <b>{t(`feedback.${told.reason}`)}</b>
        {told.note && <> · {told.note}</>}
      </div>
      <small>
        {format.shortDate(told.day)} · {told.by}
        {told.explains && ` · ${t("card.explains")}`}
        {told.mine && (
          <Popconfirm
            title={t("card.withdrawSure")}
            onConfirm={() => withdraw.mutate(told.id, { onError: notice })}
          >
            <Button type="link" size="small">
              {t("card.withdraw")}
            </Button>
          </Popconfirm>
        )}
      </small>
    </div>
  );
}
