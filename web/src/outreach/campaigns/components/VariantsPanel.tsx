import { useTranslation } from "react-i18next";
import { points } from "@/effect/useWords";
import { DataTable } from "@/shared/components/DataTable";
import { Panel } from "@/shared/components/Panel";
import { count, percent } from "@/shared/format/numbers";
import { LETTERS, VARIANT_STEPS } from "../codes";
import type { CampaignDetail } from "../types";
import styles from "./campaign.module.css";

type Variant = CampaignDetail["variants"][number];
type Rate = Variant["rates"][number];

/** What came of each text: every rate with its interval, and whether it differs from the first's. */
export function VariantsPanel({ variants }: { variants: Variant[] }) {
  const { t } = useTranslation("outreach");
  return (
    <Panel title={t("campaign.variants.title")} flush>
      <>
        <DataTable
          rowKey={({ code }) => code}
          rows={VARIANT_STEPS.map((code) => ({ code }))}
          columns={[
            {
              key: "step",
              title: t("campaign.variants.text"),
              render: ({ code }) => t(`campaign.variants.step.${code}`),
            },
            ...variants.map(({ share, rates }, n) => ({
              key: LETTERS[n] ?? "",
              title: t("campaign.variants.named", { letter: LETTERS[n], share }),
              wide: true,
              render: ({ code }: { code: Rate["code"] }) => (
                <Told rate={rates.find((rate) => rate.code === code)} first={n === 0} />
              ),
            })),
          ]}
        />
        <p className={styles.verdict}>
          {variants.map(({ name, customers }, n) => (
            <span key={name}>
              {t("campaign.variants.asked", { letter: LETTERS[n], name, number: count(customers) })}
            </span>
          ))}
          <small>{t("campaign.variants.hint")}</small>
        </p>
      </>
    </Panel>
  );
}

function Told({ rate, first }: { rate: Rate | undefined; first: boolean }) {
  const { t } = useTranslation("outreach");
  if (!rate || rate.rate === null || rate.low === null || rate.high === null) return "—";
  const { difference, difference_low: low, difference_high: high } = rate;
  const known = difference !== null && low !== null && high !== null;
  const clear = known && (low > 0 || high < 0);
  return (
    <span className={`${styles.stack} ${styles.told}`}>
      <span className={styles.figure}>
        {percent(rate.rate)} ({count(rate.customers)})
      </span>
      <small className={styles.figure}>
        {t("campaign.variants.interval", { low: percent(rate.low), high: percent(rate.high) })}
      </small>
      {!first && (
        <small>
          {known
            ? t(clear ? "campaign.variants.differs" : "campaign.variants.unsure", {
                points: points(difference / 100),
                low: points(low / 100),
                high: points(high / 100),
              })
            : t("campaign.variants.few")}
        </small>
      )}
    </span>
  );
}
