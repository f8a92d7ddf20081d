import {
  AlertOutlined,
  BankOutlined,
  CalendarOutlined,
  CreditCardOutlined,
  EditOutlined,
  ExperimentOutlined,
  GiftOutlined,
  MobileOutlined,
  RiseOutlined,
  SwapOutlined,
  UserAddOutlined,
  WalletOutlined,
} from "@ant-design/icons";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/app/client";
import { useFormat } from "@/shared/hooks/useFormat";
import styles from "./care.module.css";

const ICONS: Record<string, ComponentType> = {
  MATURITY: CalendarOutlined,
  FLOW: SwapOutlined,
  PAYROLL: WalletOutlined,
  TIER: RiseOutlined,
  CARE: GiftOutlined,
  SERVICE: CreditCardOutlined,
  LOAN: BankOutlined,
  NEW: UserAddOutlined,
  ACTIVITY: MobileOutlined,
  HAND: EditOutlined,
  EXPERIMENT: ExperimentOutlined,
};

export function ReasonIcon({ family }: { family: string }) {
  const { t } = useTranslation("care");
  const Icon = ICONS[family] ?? AlertOutlined;
  const name = t(`family.${family}`, { defaultValue: "" });
  return (
    <span className={styles.reasonIcon} title={name} aria-hidden="true">
      <Icon />
    </span>
  );
}

/** Why this customer: every reason as a sentence, with the day on which it lapses. */
export function Reasons({ reasons }: { reasons: Schemas["ReasonOut"][] }) {
  const { t } = useTranslation("care");
  const format = useFormat();
  return (
    <ul className={styles.reasons}>
      {reasons.map((reason) => (
        <li key={`${reason.type}${reason.text}`}>
          <ReasonIcon family={reason.family} />
          <div>
            <div>{reason.text}</div>
            <small>
              {reason.name} ·{" "}
              {reason.due_on
                ? t("due.by", { date: format.date(reason.due_on) })
                : t(`priority.${reason.priority}`)}{" "}
              · {t("until", { date: format.date(reason.expire_on) })}
            </small>
          </div>
        </li>
      ))}
    </ul>
  );
}
