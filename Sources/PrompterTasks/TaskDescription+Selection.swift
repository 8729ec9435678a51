// SPDX-License-Identifier: Apache-2.0

extension TaskDescription {
  /// The names of the metrics, the one that tells which prompt is best first.
  public var metricNames: [String] {
    text?.metrics.map(\.rawValue) ?? metrics.map(\.rawValue)
  }

  /// The name of the metric that tells which prompt is best: the first one.
  public var selectingMetric: String? { metricNames.first }

  /// The names of the metrics that can tell which prompt is best, the task's own first.
  public var selectableMetrics: [String] {
    let own = metricNames
    let others = (try? asked())?.otherMetricNames ?? []
    return own + others.filter { !own.contains($0) }
  }

  /// The same task with another metric telling which prompt is best; it is reported first.
  ///
  /// - Parameter metric: One of ``selectableMetrics``.
  /// - Returns: The task; nil if it has no such metric.
  public func selecting(by metric: String) -> TaskDescription? {
    guard selectableMetrics.contains(metric) else { return nil }
    var task = self
    if let text {
      task.text?.metrics = Self.first(TextMetric(rawValue: metric), text.metrics)
    } else {
      task.metrics = Self.first(MetricName(rawValue: metric), metrics)
    }
    return task
  }

  private static func first<Name: Equatable>(_ name: Name?, _ others: [Name]) -> [Name] {
    (name.map { [$0] } ?? []) + others.filter { $0 != name }
  }
}
