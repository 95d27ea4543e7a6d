resource "aws_cloudwatch_log_group" "app" {
  name              = "/terraform/app"
  retention_in_days = var.step == 1 ? 7 : 14
  tags              = { step = tostring(var.step) }
}

resource "aws_cloudwatch_log_stream" "app" {
  name           = "main"
  log_group_name = aws_cloudwatch_log_group.app.name
}

resource "aws_cloudwatch_metric_alarm" "busy" {
  alarm_name          = "busy"
  namespace           = "Judge"
  metric_name         = "Load"
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 10 * var.step
  period              = 60
  evaluation_periods  = 1
  tags                = { step = tostring(var.step) }
}
