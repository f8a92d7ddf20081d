import { CheckCircleFilled, StopOutlined } from "@ant-design/icons";
import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Amount } from "@/shared/components/Amount";
import { Sparkline } from "@/shared/components/Sparkline";
import { StageTag, TierTag } from "@/shared/components/Tags";
import type { TaskOut } from "../api";
import { useDue } from "../useDue";
import styles from "./care.module.css";
import { ReasonIcon } from "./Reasons";

interface Props {
  task: TaskOut;
  selected: boolean;
  showOwner: boolean;
  workday: string;
  onOpen: (task: TaskOut) => void;
}

const SHOWN_REASONS = 2;

/** One customer to contact: who, why in words, how much, by when. */
export function TaskRow({ task, selected, showOwner, workday, onOpen }: Props) {
  const { t } = useTranslation("care");
  const due = useDue(task, workday);
  const { customer, reasons } = task;
  const more = reasons.length - SHOWN_REASONS;
  return (
    <li>
      <button
        type="button"
        className={`${styles.row} ${selected ? styles.rowSelected : ""}`}
        aria-current={selected || undefined}
        data-task={task.id}
        onClick={() => onOpen(task)}
      >
        <span className={styles.rowWho}>
          <strong>{customer.name}</strong>
          <TierTag tier={customer.tier} />
          {customer.stage === "CHURN_ALERT" && <StageTag stage={customer.stage} />}
          {customer.do_not_disturb && (
            <Tag icon={<StopOutlined />} variant="outlined">
              {t("dnd")}
            </Tag>
          )}
          {showOwner && task.assignee && <small>{task.assignee.name}</small>}
        </span>
        <span className={styles.rowDue}>
          {task.status === "DONE" ? (
            <span className={styles.doneMark}>
              <CheckCircleFilled /> {t(`result.${task.result}`)}
            </span>
          ) : (
            <span className={due.late ? styles.late : undefined}>{due.text}</span>
          )}
        </span>
        <span className={styles.rowWhy}>
          {reasons.slice(0, SHOWN_REASONS).map((reason) => (
            <span key={`${reason.type}${reason.text}`} className={styles.rowReason}>
              <ReasonIcon family={reason.family} />
              <span>{reason.text}</span>
            </span>
          ))}
          {more > 0 && <small className={styles.more}>{t("moreReasons", { count: more })}</small>}
        </span>
        <span className={styles.rowMoney}>
          <Amount value={customer.aum} />
          <Sparkline values={customer.months} width={80} height={22} />
        </span>
      </button>
    </li>
  );
}
