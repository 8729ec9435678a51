// SPDX-License-Identifier: Apache-2.0

extension TaskDescription {
  /// The name of the metric that tells which prompt is best: the first one.
  public var selectingMetric: String? { text?.metrics.first?.rawValue ?? metrics.first?.rawValue }

  /// The names of the metrics that can tell which prompt is best, the task's own first.
  ///
  /// Every metric of labels can where answers are labels.
  public var selectableMetrics: [String] {
    guard let text else { return Self.joined(metrics, Metric.allCases) }
    let hasLabels = text.readsLabels || !labels.isEmpty
    return Self.joined(
      text.metrics,
      hasLabels ? Metric.allCases.compactMap { TextMetric(rawValue: $0.rawValue) } : [])
  }

  /// The same task with another metric telling which prompt is best; it is reported first.
  ///
  /// - Parameter metric: One of ``selectableMetrics``.
  /// - Returns: The task; nil if it has no such metric.
  public func selecting(by metric: String) -> TaskDescription? {
    guard selectableMetrics.contains(metric) else { return nil }
    var task = self
    if let metric = TextMetric(rawValue: metric), let text {
      task.text?.metrics = [metric] + text.metrics.filter { $0 != metric }
    } else if let metric = Metric(rawValue: metric) {
      task.metrics = [metric] + metrics.filter { $0 != metric }
    }
    return task
  }

  private static func joined<Name: RawRepresentable<String> & Equatable>(
    _ first: [Name], _ others: [Name]
  ) -> [String] {
    (first + others.filter { !first.contains($0) }).map(\.rawValue)
  }
}
