import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { PageTitle } from "@/shared/components/PageTitle";
import { ProblemView } from "@/shared/components/ProblemView";
import { useRuleFields } from "../api";
import { Workshop } from "../components/Workshop";
import { EMPTY } from "../mapping";
import { same, useDraft } from "../useDraft";
import { useLive } from "../useLive";
import { useUnsaved } from "../useUnsaved";

/** 圈选客群: a rule drawn with its count beside it. */
export function Component() {
  const { t } = useTranslation("segments");
  const fields = useRuleFields();
  const draft = useDraft(EMPTY);
  const live = useLive(draft.query);
  useUnsaved(!same(draft.query, EMPTY));
  return (
    <>
      <PageTitle question={t("builder.question")} asOf={fields.data?.as_of} />
      {fields.error && <ProblemView error={fields.error} onRetry={() => void fields.refetch()} />}
      {fields.isPending && <Skeleton active paragraph={{ rows: 10 }} />}
      {fields.data && <Workshop fields={fields.data} segments={[]} draft={draft} live={live} />}
    </>
  );
}
