import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import { Amount } from "@/shared/components/Amount";
import { Explain } from "@/shared/components/Explain";
import { Panel } from "@/shared/components/Panel";
import { percent } from "@/shared/format/numbers";
import { useValueCard, type ValueCard as Card } from "../api";
import styles from "./scoring.module.css";

/** R5: of whom this may be proposed, everything may. */
const HIGHEST = 5;

/** 价值与下一产品 on 客户一览: what the customer brings, is expected to bring, and what suits them next. */
export function ValueCard({ customerId }: { customerId: number }) {
  const { t } = useTranslation("scoring");
  const allowed = useMe().data?.rights.includes("value.read") ?? false;
  const card = useValueCard(customerId, allowed).data;
  if (!card || card.state === "NONE") return null;
  return (
    <Panel
      title={
        <Explain title={t("value.title")} text={t("value.how")} asOf={card.day}>
          {t("value.title")}
        </Explain>
      }
    >
      <div className={styles.card}>
        {card.state === "OBJECTED" ? (
          <p className={styles.quiet}>{t("value.objected")}</p>
        ) : (
          <>
            <Worth card={card} />
            {card.product_model !== null && <Proposals card={card} />}
          </>
        )}
      </div>
    </Panel>
  );
}

function Worth({ card }: { card: Card }) {
  const { t } = useTranslation("scoring");
  return (
    <dl className={styles.worth}>
      <div>
        <dt>{t("value.contribution")}</dt>
        <dd>
          <strong>
            <Amount value={card.contribution} banded={card.banded} />
          </strong>
        </dd>
      </div>
      {card.expected !== null && (
        <div>
          <dt>{t("value.expected")}</dt>
          <dd>
            <strong>
              <Amount value={card.expected} banded={card.banded} />
            </strong>
            {!card.banded && (
              <small>
                {t("value.span")} <Amount value={card.low} /> – <Amount value={card.high} />
              </small>
            )}
          </dd>
        </div>
      )}
    </dl>
  );
}

function Proposals({ card }: { card: Card }) {
  const { t } = useTranslation("scoring");
  return (
    <>
      <h4 className={styles.part}>{t("value.proposals")}</h4>
      {card.proposals.length === 0 && <p className={styles.quiet}>{t("value.noProposal")}</p>}
      {card.proposals.length > 0 && (
        <ol className={styles.proposals}>
          {card.proposals.map((one) => (
            <li key={one.category}>
              <b>{one.label}</b>
              <small>
                {t("value.likely", { percent: percent(one.probability, 0) })}
                {one.worth !== null && (
                  <>
                    {" · "}
                    {t("value.brings")} <Amount value={one.worth} />
                  </>
                )}
                {one.up_to !== null && one.up_to < HIGHEST && ` · ${t("value.upTo", { level: one.up_to })}`}
              </small>
              {one.reasons.length > 0 && <span>{one.reasons.join(t("value.comma"))}</span>}
            </li>
          ))}
        </ol>
      )}
      {card.elder && card.proposals.some(({ up_to }) => up_to !== null) && (
        <p className={styles.care}>{t("value.elderCare")}</p>
      )}
      {card.forbidden.length > 0 && (
        <div className={styles.told}>
          <div className={styles.quiet}>{t("value.forbidden")}</div>
          <ul className={styles.reasons}>
            {card.forbidden.map(({ why, labels }) => (
              <li key={why}>
                {labels.join(t("monitoring.comma"))}
                {t("value.because")}
                {t(`barred.${why}`)}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
