import { RightOutlined, StopOutlined } from "@ant-design/icons";
import { Alert, Tag } from "antd";
import type { Ref } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { HistoryButton } from "@/access/components/HistoryDrawer";
import { SendText } from "@/outreach/components/SendText";
import { Reveal } from "@/customers/components/Reveal";
import { Amount } from "@/shared/components/Amount";
import { Sparkline } from "@/shared/components/Sparkline";
import { StageTag, TierTag } from "@/shared/components/Tags";
import type { ResultIn, TaskOut } from "../api";
import styles from "./care.module.css";
import { Assign } from "./Assign";
import { LastContact } from "./LastContact";
import { Reasons } from "./Reasons";
import { ResultForm, type ResultFormHandle } from "./ResultForm";

interface Props {
  task: TaskOut;
  mayWork: boolean;
  mayAssign: boolean;
  form?: Ref<ResultFormHandle>;
  onRecord: (result: ResultIn) => void;
}

/** Everything needed for the call, in the order of the call: who, why, what to say, what came of it. */
export function TaskPanel({ task, mayWork, mayAssign, form, onRecord }: Props) {
  const { t } = useTranslation(["care", "customers"]);
  const { customer } = task;
  const open = task.status === "NEW" || task.status === "IN_PROGRESS";
  return (
    <article className={styles.task} aria-label={customer.name}>
      <header className={styles.taskHead}>
        <div className={styles.taskName}>
          <h2>{customer.name}</h2>
          <small>{t(`customers:gender.${customer.gender}`, { defaultValue: "" })}</small>
          <TierTag tier={customer.tier} />
          <StageTag stage={customer.stage} />
          <Link to={`/customers/${customer.id}`} className={styles.toCustomer}>
            {t("toCustomer")} <RightOutlined />
          </Link>
          {mayWork && <HistoryButton kind="task" id={task.id} />}
        </div>
        <div className={styles.taskFigures}>
          <div>
            <small>{t("customers:figure.aum")}</small>
            <strong>
              <Amount value={customer.aum} />
            </strong>
          </div>
          <div>
            <small>{t("customers:figure.mda")}</small>
            <strong>
              <Amount value={customer.mda} />
            </strong>
          </div>
          <Sparkline values={customer.months} width={120} height={32} />
        </div>
        <div className={styles.taskPhone}>
          <Reveal key={customer.id} customerId={customer.id} field="mobile" masked={customer.mobile_masked} />
          {customer.mobile_invalid && <Tag color="error">{t("badNumber")}</Tag>}
          {mayWork && <SendText customerId={customer.id} name={customer.name} taskId={task.id} />}
        </div>
        {customer.do_not_disturb && (
          <Alert type="warning" showIcon icon={<StopOutlined />} title={t("dndHint")} />
        )}
        {mayAssign && open && <Assign task={task} />}
      </header>
      <section>
        <h3>{t("why")}</h3>
        <Reasons reasons={task.reasons} />
      </section>
      {task.talk.length > 0 && (
        <section>
          <h3>{t("talk")}</h3>
          <ul className={styles.talk}>
            {task.talk.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>{t("lastContact")}</h3>
        <LastContact contact={task.last_contact} />
      </section>
      {mayWork && open && (
        <section className={styles.taskForm}>
          <h3>{t("record.title")}</h3>
          <ResultForm key={task.id} ref={form} onRecord={onRecord} />
        </section>
      )}
    </article>
  );
}
