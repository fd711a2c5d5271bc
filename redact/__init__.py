"""From image to redacted image: detections and policy to a plan, plan and image to a new file. Plain exact code, no judgement."""
