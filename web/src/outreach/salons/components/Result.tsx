import { App, Button, InputNumber } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/shared/components/Panel";
import { DataTable } from "@/shared/components/DataTable";
import { count, percent } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { useProblemNotice } from "@/shared/hooks/useProblemNotice";
import styles from "../../campaigns/components/campaign.module.css";
import { useSalonCost } from "../api";
import type { SalonDetail } from "../types";

/** What a salon came to: who came, what it cost, what has become of their assets. */
export function Result({ salon }: { salon: SalonDetail }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const { result } = salon;
  if (!result) return null;
  const asked = result.attended.customers + result.others.customers;
  const change = (amount: string | null) => (amount === null ? "—" : format.money(amount, true));
  return (
    <Panel title={t("salon.result.title")}>
      <div className={styles.estimate}>
        <dl>
          <div>
            <dt>{t("salon.attended")}</dt>
            <dd>
              {t("salon.result.came", {
                came: count(result.attended.customers),
                share: asked > 0 ? percent(result.attended.customers / asked) : "—",
              })}
            </dd>
          </div>
          <div>
            <dt>{t("salon.result.spent")}</dt>
            <dd>
              {result.spent === null ? "—" : t("campaign.yuan", { amount: format.money(result.spent) })}
            </dd>
          </div>
          <div>
            <dt>{t("salon.result.each")}</dt>
            <dd>
              {result.per_guest === null
                ? "—"
                : t("campaign.yuan", { amount: format.money(result.per_guest) })}
            </dd>
          </div>
        </dl>
        {salon.may_spend && <Spend id={salon.id} spent={result.spent} />}
        <DataTable
          rowKey={({ key }) => key}
          rows={[
            { key: "attended", ...result.attended },
            { key: "others", ...result.others },
          ]}
          columns={[
            {
              key: "arm",
              title: t("salon.result.change"),
              render: ({ key, customers }) => (
                <span className={styles.stack}>
                  {t(`salon.result.arm.${key}`)}
                  <small>{t("salon.result.people", { number: count(customers) })}</small>
                </span>
              ),
            },
            ...([30, 60, 90] as const).map((days) => ({
              key: `${days}`,
              title: t("salon.result.after", { days }),
              align: "right" as const,
              render: (row: {
                change_30: string | null;
                change_60: string | null;
                change_90: string | null;
              }) => <span className={styles.figure}>{change(row[`change_${days}`])}</span>,
            })),
          ]}
        />
        <p className={styles.quiet}>{t("salon.result.caution")}</p>
      </div>
    </Panel>
  );
}

function Spend({ id, spent }: { id: number; spent: string | null }) {
  const { t } = useTranslation("outreach");
  const { message } = App.useApp();
  const problem = useProblemNotice();
  const [amount, setAmount] = useState(spent ?? "");
  const { mutate, isPending } = useSalonCost(id);
  return (
    <div className={styles.tools}>
      <InputNumber
        aria-label={t("salon.result.spentInput")}
        placeholder={t("salon.result.spentInput")}
        value={amount || null}
        min={"0"}
        max={"9999999999"}
        precision={2}
        stringMode
        onChange={(value) => setAmount(value ?? "")}
      />
      <Button
        disabled={amount === ""}
        loading={isPending}
        onClick={() =>
          mutate(amount, {
            onSuccess: () => void message.success(t("salon.done.cost")),
            onError: problem,
          })
        }
      >
        {t("salon.result.note")}
      </Button>
    </div>
  );
}
