import { CalendarOutlined } from "@ant-design/icons";
import { App, Button, DatePicker, Modal, Popconfirm, Select, Skeleton } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import type { Schemas } from "@/app/client";
import styles from "@/customers/components/ownership.module.css";
import { useEndSubstitution, useNameSubstitute, useTeam } from "@/customers/ownershipApi";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { useProblemNotice } from "@/shared/hooks/useProblemNotice";
import { useScreen } from "@/shared/hooks/useScreen";

type Team = Schemas["TeamOut"];
const ON_A_PHONE = 4;

/** 团队: who is away, who stands in, and what falls due in the next two weeks. */
export function Component() {
  const { t } = useTranslation(["care", "shared"]);
  const found = useTeam();
  const [naming, setNaming] = useState(false);
  return (
    <>
      <PageTitle
        question={t("team.question")}
        extra={
          <Button
            type="primary"
            icon={<CalendarOutlined />}
            disabled={!found.data}
            onClick={() => setNaming(true)}
          >
            {t("team.name")}
          </Button>
        }
      />
      {found.error && !found.data && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 8 }} />}
      {found.data && (
        <div className={styles.page}>
          <AwayList team={found.data} />
          <Panel title={t("team.calendar")} flush>
            {found.data.members.length ? (
              <Calendar team={found.data} />
            ) : (
              <EmptyState icon={<CalendarOutlined />} title={t("team.nobody")} hint={t("team.nobodyHint")} />
            )}
          </Panel>
        </div>
      )}
      {naming && found.data && <NameSubstitute team={found.data} onClose={() => setNaming(false)} />}
    </>
  );
}

function AwayList({ team }: { team: Team }) {
  const { t } = useTranslation("care");
  const { message } = App.useApp();
  const notice = useProblemNotice();
  const format = useFormat();
  const end = useEndSubstitution();
  return (
    <Panel title={t("team.away")}>
      {team.away.length === 0 && <span className={styles.quiet}>{t("team.allHere")}</span>}
      <ul className={styles.leavers}>
        {team.away.map(({ id, absent, substitute, since, until, may_end }) => (
          <li key={id}>
            <span>
              {t("team.standsIn", {
                absent: absent.name,
                substitute: substitute.name,
                since: format.date(since),
                until: format.date(until),
              })}
            </span>
            {may_end && (
              <Popconfirm
                title={t("team.endSure")}
                onConfirm={() =>
                  end.mutate(id, { onSuccess: () => void message.success(t("team.ended")), onError: notice })
                }
              >
                <Button size="small">{t("team.end")}</Button>
              </Popconfirm>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Calendar({ team }: { team: Team }) {
  const { t } = useTranslation(["care", "shared"]);
  const { phone } = useScreen();
  const format = useFormat();
  const days = phone ? team.days.slice(0, ON_A_PHONE) : team.days;
  return (
    <div className={styles.calendar}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("team.member")}</th>
            {days.map((day, n) => (
              <th key={day} scope="col" className={team.workdays[n] ? "" : styles.off}>
                {format.shortDate(day)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {team.members.map(({ user, role, due }) => (
            <tr key={user.id}>
              <th scope="row">
                <span className={styles.stack}>
                  <b>{user.name}</b>
                  <small>{t(`shared:role.${role}`)}</small>
                </span>
              </th>
              {days.map((day, n) => {
                const away = team.away.find(
                  ({ absent, since, until }) => absent.id === user.id && since <= day && day <= until,
                );
                const tasks = due?.[n] ?? 0;
                return (
                  <td key={day} className={away ? styles.away : team.workdays[n] ? "" : styles.off}>
                    {tasks > 0 && tasks}
                    {away && <small>{away.substitute.name}</small>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <div className={styles.bar}>
        <span className={styles.quiet}>{t("team.legend")}</span>
      </div>
    </div>
  );
}

function NameSubstitute({ team, onClose }: { team: Team; onClose: () => void }) {
  const { t } = useTranslation(["care", "shared"]);
  const { message } = App.useApp();
  const me = useMe();
  const format = useFormat();
  const name = useNameSubstitute();
  const self = me.data?.id ?? null;
  const [absent, setAbsent] = useState<number | null>(
    team.may_name_for_all && !team.members.some(({ is_me }) => is_me) ? null : self,
  );
  const [substitute, setSubstitute] = useState<number | null>(null);
  const [days, setDays] = useState<[string, string] | null>(null);
  const people = team.members.map(({ user, role }) => ({
    value: user.id,
    label: `${user.name} · ${t(`shared:role.${role}`)}`,
  }));
  return (
    <Modal
      open
      title={t("team.name")}
      okText={t("team.confirm")}
      okButtonProps={{ disabled: absent === null || substitute === null || days === null }}
      confirmLoading={name.isPending}
      onCancel={onClose}
      onOk={() =>
        absent !== null &&
        substitute !== null &&
        days &&
        name.mutate(
          { absent, substitute, since: days[0], until: days[1] },
          {
            onSuccess: () => {
              void message.success(t("team.named"));
              onClose();
            },
          },
        )
      }
    >
      <div className={styles.form}>
        <label htmlFor="cover-absent">
          {t("team.absent")}
          <Select
            id="cover-absent"
            value={absent}
            disabled={!team.may_name_for_all}
            showSearch={{ optionFilterProp: "label" }}
            onChange={setAbsent}
            options={people}
          />
        </label>
        <label htmlFor="cover-substitute">
          {t("team.substitute")}
          <Select
            id="cover-substitute"
            value={substitute}
            placeholder={t("team.substituteHint")}
            showSearch={{ optionFilterProp: "label" }}
            onChange={setSubstitute}
            options={people.filter(({ value }) => value !== absent)}
          />
        </label>
        <label htmlFor="cover-days">
          {t("team.days")}
          <DatePicker.RangePicker
            id="cover-days"
            format={(day: dayjs.Dayjs) => format.date(day.format("YYYY-MM-DD"))}
            minDate={dayjs(team.days[0])}
            onChange={(chosen) => {
              const [first, last] = chosen ?? [];
              setDays(first && last ? [first.format("YYYY-MM-DD"), last.format("YYYY-MM-DD")] : null);
            }}
          />
        </label>
        <span className={styles.quiet}>{t("team.how")}</span>
        {name.error && <ProblemView error={name.error} />}
      </div>
    </Modal>
  );
}
