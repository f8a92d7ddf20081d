import { Skeleton } from "antd";
import { lazy, Suspense } from "react";
import { useScreen } from "@/shared/hooks/useScreen";
import type { BoardProps } from "./boardProps";
import { StepList } from "./StepList";

const Canvas = lazy(() => import("./Canvas"));

/** The journey as it is drawn: a canvas, or on a phone a list. */
export function Board(props: BoardProps) {
  const { phone } = useScreen();
  if (phone) return <StepList {...props} />;
  return (
    <Suspense fallback={<Skeleton active paragraph={{ rows: 12 }} />}>
      <Canvas {...props} />
    </Suspense>
  );
}
