import { Button, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { useCancel, useCustomerMessages, type Message } from "../api";
import { useWhy } from "../useWhy";
import { InsteadOf, MessageState } from "./Labels";
import styles from "./outreach.module.css";
import { SendText } from "./SendText";

/** 消息: what was sent to the customer, what became of it, and why something was not sent. */
export function CustomerMessages({ customerId, name }: { customerId: number; name: string }) {
  const { t } = useTranslation("outreach");
  const found = useCustomerMessages(customerId);
  return (
    <Panel
      title={t("customer.title")}
      extra={
        <span className={styles.tools}>
          <Link to={`/messages/policy?customer=${customerId}`}>{t("policy.mayWe")}</Link>
          <SendText customerId={customerId} name={name} />
        </span>
      }
    >
      {found.error && !found.data && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 2 }} title={false} />}
      {found.data?.length === 0 && <p className={styles.quiet}>{t("customer.none")}</p>}
      {found.data && found.data.length > 0 && (
        <ul className={styles.messages} aria-live="polite">
          {found.data.map((message) => (
            <Line key={message.id} message={message} customerId={customerId} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Line({ message, customerId }: { message: Message; customerId: number }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const why = useWhy();
  const cancel = useCancel(customerId);
  const reason = [
    why(message.why),
    message.why && message.next_at && t("messages.again", { at: format.moment(message.next_at) }),
  ].filter(Boolean);
  return (
    <li>
      <span className={styles.head}>
        <span>
          {message.template} <small className={styles.quiet}>{t(`channel.${message.channel}`)}</small>{" "}
          <InsteadOf message={message} />
        </span>
        <MessageState state={message.state} />
      </span>
      {reason.length > 0 && <span className={styles.quiet}>{reason.join(" · ")}</span>}
      {message.text && (
        <blockquote className={styles.bubble} lang="zh">
          {message.text}
        </blockquote>
      )}
      <span className={styles.head}>
        <small className={styles.quiet}>
          {format.moment(message.receipt_at ?? message.gone_at ?? message.made_at)} ·{" "}
          {message.by ?? t("messages.job")}
        </small>
        {message.may_cancel && (
          <Button size="small" loading={cancel.isPending} onClick={() => cancel.mutate(message.id)}>
            {t("customer.cancel")}
          </Button>
        )}
      </span>
      {cancel.error && <ProblemView error={cancel.error} />}
    </li>
  );
}
